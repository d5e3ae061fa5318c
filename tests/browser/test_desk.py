"""The desk on every screen, and the sign-in sheet on paper."""

import re
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.network.models import Structure
from eventapp.registrations.models import Status
from tests.browser.screens import each_screen, overflows, rules
from tests.browser.test_agenda import STARTS, sign_in
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_session,
    make_user,
    save,
)  # fmt: skip

DESK = "/gestion/evenements/rencontre"
SHEET = f"{DESK}/emargement/{STARTS.date()}/matin"
LANDSCAPE = rb"/MediaBox \[0 0 84[12][.\d]* 59[45][.\d]*\]"
PEOPLE = 500


def seed():
    event = make_event(slug="rencontre", starts_at=STARTS, ends_at=STARTS + timedelta(hours=8), capacity=600)
    make_user(event.organisation)
    make_event(event.organisation, slug="vide", published_at=None)
    laon = save(Structure(id_fs="1", name="France services de Laon", departement_code="02", updated_at=NOW))
    agents = make_category(event, name="Conseillers et agents France services", capacity=550)
    make_session(event, title="Atelier", booking=BookingMode.OPTIONAL, capacity=12)
    for n in range(PEOPLE):
        long = n == 7
        name = "de La Rochefoucauld-Montmorency d’Estissac" if long else f"Durand-Martin {n}"
        person = make_person(last_name=name, structure=laon, category=agents)
        make_registration(event, person, at=NOW + timedelta(hours=n))
    make_registration(event, status=Status.WAITING)
    make_invitation(make_guest(event, make_person(structure=laon)))
    make_guest(event)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed)


@pytest.mark.parametrize("path", [f"{DESK}/", "/gestion/evenements/vide/"], ids=["desk", "draft"])
def test_each_page_is_accessible_on_every_screen(site, page, axe, path):
    """With everything unfolded, which the tour leaves folded."""
    sign_in(page, site)
    page.goto(site.url + path)
    for hidden in page.locator("details").all():
        hidden.evaluate("details => { details.open = true }")

    for screen in each_screen(page):
        assert axe(page, rules(screen)) == [], screen
        assert not overflows(page), screen


@pytest.mark.parametrize("path", [f"{DESK}/emargement", SHEET], ids=["sign-in", "sheet"])
def test_many_people_and_long_names_fit_on_every_screen(site, page, path):
    """The tour shows these pages to axe-core, with fewer people."""
    sign_in(page, site)
    page.goto(site.url + path)
    assert page.locator("details").count() == 0

    for screen in each_screen(page):
        assert not overflows(page), screen


def test_the_sheet_prints_on_landscape_pages_of_some_twenty_lines(site, page):
    sign_in(page, site)
    page.goto(f"{site.url}{SHEET}?lignes=10")

    paper = page.pdf(prefer_css_page_size=True)

    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert len(re.findall(LANDSCAPE, paper)) == pages
    assert 20 <= (PEOPLE + 10) / pages <= 25


def test_no_name_is_cut_on_paper(site, page):
    sign_in(page, site)
    page.goto(site.url + SHEET)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1032, "height": 700})  # A4 landscape within its margins

    cut = page.locator(".sheet :is(th, td)").evaluate_all(
        "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.textContent)"
    )

    assert cut == []


def test_the_sheet_prints_without_javascript_too(site, page_without_js):
    sign_in(page_without_js, site)
    page_without_js.goto(site.url + SHEET)

    assert page_without_js.get_by_role("button", name="Imprimer").count() == 0
    assert page_without_js.locator(".sheet tbody tr").count() == PEOPLE + 10
