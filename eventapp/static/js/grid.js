/* The programme's grid: sessions moved by key and by dragging. Both post the form « Déplacer », and show its answer:
   nothing is displayed as moved before the server has said so. */
"use strict";

(() => {
  const form = document.querySelector("[data-grid-form]");
  if (!form) return;
  const said = document.querySelector("[data-said]");
  const undoButton = document.querySelector("[data-undo]");
  const undone = []; // what would bring each move back, last one at the end
  const STEP = 5;
  document.querySelector("[data-with-script]").hidden = false;

  const say = (sentence) => (said.textContent = sentence);
  const minutesOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  const hourOf = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  const spoken = (minutes) => `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${String(minutes % 60).padStart(2, "0")}` : ""}`;
  const blockOf = (slug) => document.getElementById(`session-${slug}`);
  const columnsOf = (block) => [...block.closest("table").querySelectorAll("thead th[data-room]")];
  const nameOf = (column) => column.firstChild.textContent.trim();
  const placeOf = (block) => ({
    slug: block.dataset.slug,
    day: block.closest("table").dataset.day,
    starts: block.dataset.starts,
    room: block.dataset.room,
  });

  // What the answer shows takes the place of what is shown, piece by piece, so that the page does not jump.
  function show(page) {
    for (const old of document.querySelectorAll("[data-fresh]")) {
      const fresh = page.getElementById(old.id);
      const scrolled = [...old.querySelectorAll(".grid-scroll")].map((part) => part.scrollLeft);
      if (fresh) old.replaceChildren(...fresh.childNodes);
      old.querySelectorAll(".grid-scroll").forEach((part, n) => (part.scrollLeft = scrolled[n] ?? 0));
    }
  }

  async function send(place, remember = true) {
    const block = blockOf(place.slug);
    const before = placeOf(block);
    const body = new FormData(form);
    for (const [name, value] of Object.entries(place)) body.set(name, value);
    body.set("seen", block.dataset.seen);
    block.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(block.dataset.move, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const sentence = page.querySelector(".fr-alert--success, .fr-alert--error, #erreurs, .error-page .fr-text--lead");
      if (!answer.ok || !page.getElementById("grille")) throw new Error(sentence?.innerText || sentence?.textContent);
      show(page);
      say(sentence ? sentence.textContent.trim().replace(/\s+/g, " ") : "");
      if (remember) undone.push(before);
      undoButton.hidden = !undone.length;
    } catch (refusal) {
      block.removeAttribute("aria-busy");
      const why = refusal instanceof TypeError ? "le serveur ne répond pas." : refusal.message.trim().replace(/\s+/g, " ");
      say(`Rien n’a bougé : ${why}`);
    }
    const now = blockOf(place.slug);
    now?.querySelector("a").focus({ preventScroll: true });
    now?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // Keys pressed one after the other are one move.
  let pending, wait;
  let sending = Promise.resolve();
  function plan(block, change) {
    if (pending && pending.slug !== block.dataset.slug) flush();
    pending = { ...(pending ?? placeOf(block)), ...change(pending ?? placeOf(block)) };
    const column = columnsOf(block).find((one) => one.dataset.room === pending.room);
    say(`${spoken(minutesOf(pending.starts))}${column && pending.room ? `, ${nameOf(column)}` : ""}…`);
    clearTimeout(wait);
    wait = setTimeout(flush, 500);
  }
  function flush() {
    clearTimeout(wait);
    if (!pending) return;
    const place = pending;
    pending = undefined;
    sending = sending.then(() => send(place));
  }

  const later = (step) => (place) => {
    const minutes = minutesOf(place.starts) + step;
    return minutes < 0 || minutes >= 24 * 60 ? {} : { starts: hourOf(minutes) };
  };
  const beside = (block, step) => (place) => {
    const columns = columnsOf(block);
    const at = columns.findIndex((one) => one.dataset.room === place.room);
    const next = columns[at < 0 ? (step > 0 ? 0 : columns.length - 1) : at + step];
    return next ? { room: next.dataset.room } : {};
  };
  function undo() {
    const place = undone.pop();
    if (place && blockOf(place.slug)) sending = sending.then(() => send(place, false));
    undoButton.hidden = !undone.length;
  }
  undoButton.addEventListener("click", undo);
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest("#grille, .grid-status")) return;
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && undone.length) {
      event.preventDefault();
      return undo();
    }
    const block = event.target.closest("[data-move]");
    const change = block && event.shiftKey && {
      ArrowUp: later(-STEP), ArrowDown: later(STEP), ArrowLeft: beside(block, -1), ArrowRight: beside(block, 1),
    }[event.key];
    if (!change) return;
    event.preventDefault();
    plan(block, change);
  });

  // Dragging, with a mouse or a pen: fingers scroll, and have the form.
  let held;
  document.addEventListener("dragstart", (event) => event.target.closest?.("[data-move]") && event.preventDefault());
  document.addEventListener("pointerdown", (event) => {
    const block = event.target.closest("[data-move]");
    if (!block || event.button || event.pointerType === "touch" || event.target.closest(".block__move")) return;
    held = { block, x: event.clientX, y: event.clientY, top: event.clientY - block.getBoundingClientRect().top };
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    if (!held.ghost && Math.hypot(event.clientX - held.x, event.clientY - held.y) < 6) return;
    if (!held.ghost) lift(event);
    held.at = event;
    aim();
    event.preventDefault();
  });
  function aim() {
    held.place = under(held.at);
    held.ghost.style.transform = `translate(${held.at.clientX + 12}px, ${held.at.clientY + 12}px)`;
    held.ghost.textContent = held.place ? held.place.label : "Lâchez dans la grille";
  }
  // Near an edge of the window, or of a grid wider than it, what lies beyond comes closer: faster, the nearer the edge.
  const EDGE = 48;
  const pull = (at, from, to) => Math.round((Math.max(0, at - (to - EDGE)) - Math.max(0, from + EDGE - at)) / 4);
  function scroll() {
    if (!held?.ghost) return;
    const { clientX, clientY } = held.at;
    const wide = held.block.closest(".grid-scroll");
    const across = wide.getBoundingClientRect();
    const before = [window.scrollY, wide.scrollLeft];
    window.scrollBy({ top: pull(clientY, 0, window.innerHeight), behavior: "instant" });
    wide.scrollLeft += pull(clientX, Math.max(0, across.left), Math.min(window.innerWidth, across.right));
    if (before[0] !== window.scrollY || before[1] !== wide.scrollLeft) aim();
    requestAnimationFrame(scroll);
  }
  function lift(event) {
    held.at = event;
    held.ghost = document.createElement("div");
    held.ghost.className = "grid-ghost";
    document.body.append(held.ghost);
    document.body.classList.add("is-dragging");
    held.block.classList.add("block--held");
    requestAnimationFrame(scroll);
  }
  function under(event) {
    const table = document.elementFromPoint(event.clientX, event.clientY)?.closest("table.grid");
    if (!table) return undefined;
    const top = event.clientY - held.top + 1;
    const rows = [...table.querySelectorAll("tbody tr")];
    const row = rows.find((one) => top < one.getBoundingClientRect().bottom) ?? rows.at(-1);
    const box = row.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (top - box.top) / box.height));
    const minutes = minutesOf(row.dataset.from) + Math.floor((part * Number(row.dataset.minutes)) / STEP) * STEP;
    const column = [...table.querySelectorAll("thead th[data-room]")].find((one) => {
      const across = one.getBoundingClientRect();
      return event.clientX >= across.left && event.clientX < across.right;
    });
    const spans = held.block.closest("td").colSpan > 1 && !held.block.dataset.room;
    const room = spans || !column ? held.block.dataset.room : column.dataset.room;
    const where = !spans && column ? `, ${nameOf(column)}` : "";
    return { day: table.dataset.day, starts: hourOf(Math.min(minutes, 24 * 60 - STEP)), room, label: `${spoken(minutes)}${where}` };
  }
  function drop() {
    const { block, ghost, place } = held;
    held = undefined;
    if (!ghost) return;
    ghost.remove();
    document.body.classList.remove("is-dragging");
    block.classList.remove("block--held");
    document.addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
    setTimeout(() => document.dispatchEvent(new Event("click", { cancelable: true })));
    const { label, ...there } = place ?? {};
    const before = placeOf(block);
    if (!place || Object.keys(there).every((name) => there[name] === before[name])) return say("Rien n’a bougé.");
    sending = sending.then(() => send({ slug: block.dataset.slug, ...there }));
  }
  document.addEventListener("pointerup", () => held && drop());
  document.addEventListener("pointercancel", () => {
    if (held) held.place = undefined;
    if (held) drop();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !held) return;
    held.place = undefined;
    drop();
  });
})();
