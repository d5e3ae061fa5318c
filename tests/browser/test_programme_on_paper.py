"""The public programme printed by a real browser, and filtered without JavaScript."""

import io

import pypdf
import pytest

from eventapp.events.models import Event
from eventapp.extensions import db
from tests.browser import tour
from tests.browser.hands import go


@pytest.fixture(scope="module")
def upcoming(demonstration):
    """Its slug holds its year, which depends on today."""
    with demonstration.app.app_context():
        return db.session.scalars(db.select(Event.slug).where(Event.draft.is_not(None))).one()


@pytest.mark.parametrize("slug", ["", tour.PAST])
def test_the_programme_prints_on_two_sheets_at_most(demonstration, upcoming, page, slug):
    page.goto(f"{demonstration.url}/evenements/{slug or upcoming}/programme")
    reader = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    text = " ".join(sheet.extract_text() for sheet in reader.pages)

    assert len(reader.pages) <= 2
    for on_screen_only in ("Ajouter à mon calendrier", "Filtrer", "Imprimer", "Plan du site"):
        assert on_screen_only not in text


def test_the_programme_is_filtered_without_javascript(demonstration, upcoming, page_without_js):
    page = page_without_js
    page.goto(f"{demonstration.url}/evenements/{upcoming}/programme")
    page.get_by_text("Filtrer le programme").click()
    page.get_by_label("Type").select_option(label="Atelier")
    go(page.get_by_role("button", name="Filtrer"))

    assert page.get_by_text("2 sessions sur 16").is_visible()
    go(page.locator(".session__title a").first)
    assert page.locator("h1").inner_text() == "Démarches en ligne\u00a0: cas pratiques"
    go(page.get_by_role("link", name="Tout le programme"))
    assert page.url.endswith("/programme#session-demarches-en-ligne")
