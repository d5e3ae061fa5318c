"""Every page of the demonstration, on every screen: axe-core reports nothing, nothing is cut, every title differs."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import expect

from eventapp.accounts.models import User
from eventapp.demonstration import EMAIL
from eventapp.extensions import db
from tests.browser import conftest, tour
from tests.browser.hands import go
from tests.browser.screens import each_screen, overflows, rules

SMALLEST = {"width": 320, "height": 640}


@dataclass
class Visit:
    stop: tour.Stop
    title: str = ""
    faults: list[str] = field(default_factory=list)
    is_cut: list[int] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(demonstration):
    return demonstration


@pytest.fixture(scope="module")
def visits(site, browser, axe):
    """Each page is loaded once and then shown on each screen; the organisers' pages in a signed-in browser."""
    with site.app.app_context():
        stops = list(tour.stops(site.app))
    visits, errors = [], []
    for is_desk in (False, True):
        context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce")
        context.add_init_script(path=conftest.AXE)
        if is_desk:
            context.add_cookies([session_cookie(site)])
        page = context.new_page()
        heard = conftest.listen(page)
        visits += [visit(page, site, stop, axe) for stop in stops if is_desk == stop.path.startswith("/gestion/")]
        context.close()
        errors += heard
    return visits, errors


def visit(page, site, stop, axe):
    answer = page.goto(site.url + stop.path)
    assert answer.status == stop.status, stop
    assert page.url == site.url + stop.path, stop
    seen = Visit(stop, title=page.title())
    for screen in each_screen(page):
        seen.faults += [f"{screen}: {fault}" for fault in axe(page, rules(screen))]
        if overflows(page):
            seen.is_cut.append(page.viewport_size["width"])
    page.set_viewport_size(SMALLEST)
    if overflows(page):
        seen.is_cut.append(SMALLEST["width"])
    return seen


def test_axe_reports_nothing(visits):
    assert [fault for seen in visits[0] for fault in seen.faults] == []


def test_nothing_must_be_scrolled_sideways(visits):
    assert [(seen.stop.path, seen.is_cut) for seen in visits[0] if seen.is_cut] == []


def test_every_page_has_a_title_of_its_own(visits):
    titles = Counter(seen.title for seen in visits[0] if seen.stop.is_first)
    assert [title for title, times in titles.items() if times > 1 or not title.strip()] == []


def test_the_console_stays_silent(visits):
    assert visits[1] == []


def test_the_tour_goes_everywhere(visits):
    """Three states of a person and every page of the menus, at least."""
    names = {seen.stop.name for seen in visits[0]}
    assert {"events.home", "registrations.person", "statistics.desk", "documents.half_day_sheet", "404"} <= names
    assert len(names) > 70


@pytest.mark.parametrize(
    ("path", "button"),
    [
        ("/connexion", "Se connecter"),
        ("/evenements/complet/inscription", "Envoyer mon inscription"),
        ("/evenements/complet/inscription/lien", "Envoyer mon lien"),
        ("/gestion/evenements/nouveau", "Créer l’événement"),
        ("/gestion/evenements/complet/programme/nouvelle-session", "Ajouter au programme"),
        ("/gestion/evenements/complet/salles", "Ajouter la salle"),
        ("/gestion/evenements/complet/invites/import", "Lire le fichier"),
        ("/gestion/evenements/complet/inscriptions/nouvelle", "Inscrire cette personne"),
        ("/gestion/evenements/complet/nouvelle-question", "Ajouter la question"),
    ],
)
def test_a_refused_form_is_accessible(site, page, axe, path, button):
    """Sent empty."""
    if path.startswith("/gestion/"):
        page.context.add_cookies([session_cookie(site)])
    page.goto(site.url + path)
    go(page.get_by_role("button", name=button, exact=True))
    assert page.title().startswith("Erreur")
    expect(page.locator("#erreurs")).to_be_focused()
    for screen in each_screen(page):
        assert axe(page, rules(screen)) == [], screen
        assert not overflows(page), screen


def test_a_letter_is_accessible(site, page, axe):
    """Shown outside the frame that runs no script, not even the judge's."""
    page.set_content(page.request.get(f"{site.url}/courriels/1/html").text())
    for screen in each_screen(page):
        assert axe(page) == [], screen
        assert not overflows(page), screen


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ("document.querySelector('main p').setAttribute('style', 'color: #ccc; background: #fff')", "color-contrast"),
        ("document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')", "label"),
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
    ],
)
def test_axe_reports_a_page_broken_on_purpose(site, browser, axe, broken, rule):
    """The negative control: without it, silence would prove nothing."""
    page = browser.new_page(bypass_csp=True)
    page.goto(f"{site.url}/cookies")
    page.evaluate(broken)
    faults = axe(page)
    page.close()
    assert [fault.split(":")[0] for fault in faults] == [rule]


@pytest.mark.parametrize(
    ("words", "link", "rule"),
    [
        ("light-dark(#000, #333)", "light-dark(#0b5a53, #74d2c3); text-decoration: underline", "color-contrast"),
        ("light-dark(#000, #fff)", "light-dark(#767676, #e0e0e0); text-decoration: none", "link-in-text-block"),
    ],
)
def test_axe_reports_what_is_broken_on_dark_screens_only(site, browser, axe, words, link, rule):
    """Where it is asked about colours and nothing else."""
    page = browser.new_page(bypass_csp=True)
    page.goto(f"{site.url}/cookies")
    page.evaluate(
        "document.querySelector('main').innerHTML = '<h1>Cookies</h1><p>Voir <a href=\"/\">ici</a> tout.</p>'"
    )
    page.add_style_tag(content=f"main p {{ color: {words} }} main p a {{ color: {link} }}")
    found = {screen.split(maxsplit=1)[1]: axe(page, rules(screen)) for screen in each_screen(page)}
    page.close()
    assert [screen for screen in found if found[screen]] == ["dark 1280", "dark 360"]
    assert {fault.split(":")[0] for faults in found.values() for fault in faults} == {rule}


def session_cookie(site):
    """The session that signing in would have given."""
    with site.app.app_context():
        user = db.session.scalars(User.of_email(EMAIL)).one()
        signed = SecureCookieSessionInterface().get_signing_serializer(site.app)
        value = signed.dumps({"_user_id": user.fs_uniquifier, "_fresh": True})
    return {"name": "session", "value": value, "url": site.url}
