/* Comfort only: everything works without this file. */
"use strict";

// A form sent twice by a double click is sent once; coming back to the page frees its button. A form with data-again
// (a download: the page stays) may be sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || "again" in form.dataset) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// The error summary takes the focus, so that it is read first.
document.getElementById("erreurs")?.focus();

// <button type="button" data-copy="id-of-the-field" hidden>Copier le lien</button>
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = "Lien copié";
  });
}

// <button type="button" data-print hidden>Imprimer</button>
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// <form data-follow="id-of-the-button">: what that button would show follows typing. Only the elements with data-shown
// are taken from its answer, by their id, so that nothing moves where somebody is writing.
for (const form of document.querySelectorAll("form[data-follow]")) {
  const button = document.getElementById(form.dataset.follow);
  let wait, asked;
  const show = async () => {
    asked?.abort();
    asked = new AbortController();
    const ask = { method: "POST", body: new FormData(form), signal: asked.signal };
    const text = await fetch(button.formAction, ask).then((answer) => answer.text()).catch(() => "");
    const answer = new DOMParser().parseFromString(text, "text/html");
    for (const old of document.querySelectorAll("[data-shown]")) {
      const fresh = answer.getElementById(old.id);
      if (!fresh) continue;
      if (old.srcdoc === undefined) old.replaceChildren(...fresh.childNodes);
      else if (old.srcdoc !== fresh.srcdoc) old.srcdoc = fresh.srcdoc;
    }
  };
  for (const control of form.elements) {
    control.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(show, 400);
    });
  }
}

// <template data-source="name" data-value="value">: a question asked as soon as that control has that value. What was
// written in it comes back with it.
const waiting = [...document.querySelectorAll("template[data-source]")].map((template) => ({ template, parts: null }));
function askWhatFollows() {
  for (const one of waiting) {
    const { source, value } = one.template.dataset;
    const given = [...document.getElementsByName(source)].some(
      (control) => control.value === value && (!/^(radio|checkbox)$/.test(control.type) || control.checked),
    );
    if (given && !one.parts) {
      one.parts = [...one.template.content.childNodes];
      one.template.after(one.template.content);
    } else if (!given && one.parts) {
      one.template.content.append(...one.parts);
      one.parts = null;
    }
  }
}
if (waiting.length) {
  document.addEventListener("change", askWhatFollows);
  window.addEventListener("pageshow", askWhatFollows);
}
