"""`make screenshots`: the main pages of a fresh demonstration, as docs/screenshots/*.png."""

import os
import shutil
import socket
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from eventapp import create_app, processes
from eventapp.config import ROOT, Settings
from eventapp.demonstration import EMAIL, PASSWORD
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.links import invitation
from eventapp.invitations.models import Invitation
from eventapp.links import absolute
from eventapp.registrations.links import personal
from eventapp.registrations.models import Registration, Status

FOLDER = ROOT / "docs" / "screenshots"
Scheme = Literal["light", "dark"]
SCREENS: dict[str, tuple[int, Scheme]] = {"": (1280, "light"), "-sombre": (1280, "dark"), "-telephone": (360, "light")}
ON_EVERY_SCREEN = ("evenement", "tableau-de-bord")
TALLEST = 1400
BEGINS_AT = {"programme": ".programme li:has(.tracks)"}  # where the picture begins, when it is not at the top
MOST_BYTES = 250_000
START_SECONDS = 180
SERIES = "rencontres-regionales-"
PAST = f"{SERIES}2021"


def main() -> None:
    if shutil.which("chromium") is None:
        sys.exit("Chromium n’est pas installé : apt install chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstration() as environ, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        pages = addresses(environ)
        for suffix, (width, scheme) in SCREENS.items():
            page = signed_in(browser, environ["BASE_URL"], width, scheme)
            for name in pages if not suffix else ON_EVERY_SCREEN:
                shoot(page, pages[name], FOLDER / f"{name}{suffix}.png")
        browser.close()


@contextmanager
def demonstration() -> Iterator[dict[str, str]]:
    """`make run` on a free port, with a database that is thrown away."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "PORT": port,
            "BASE_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'demonstration.db'}",
            "SECRET_KEY": "for-screenshots-only-0123456789abcdef",
            "EVENTAPP_DEMO": "1",
        }
        command = [sys.executable, "-m", "eventapp.run", "--end-with-parent"]
        child = processes.start(command, environ={**os.environ, **environ}, cwd=str(ROOT))
        try:
            wait(f"{environ['BASE_URL']}/healthz")
            yield environ
        finally:
            processes.stop([child])


def wait(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("La démonstration ne répond pas.")


def addresses(environ: Mapping[str, str]) -> dict[str, str]:
    """The main pages, by the name of their picture."""
    app = create_app(Settings.from_environment(environ))
    with app.app_context():
        event = db.session.scalars(db.select(Event).where(Event.slug.startswith(SERIES), Event.slug != PAST)).one()
        confirmed = Registration.of(event).where(Registration.status == Status.CONFIRMED)
        registration = next(r for r in db.session.scalars(confirmed).unique() if len(r.live_bookings) > 1)
        silent = db.session.scalars(db.select(Invitation).where(Invitation.reply.is_(None)).limit(1)).one()
        desk = f"/gestion/evenements/{event.slug}"
        day = event.starts_at.astimezone(event.zone).date()
        base = absolute("events.home").rstrip("/")
        paths = {
            "evenement": f"/evenements/{event.slug}/",
            "programme": f"/evenements/{event.slug}/programme",
            "grille": f"{desk}/programme",
            "inscription": f"/evenements/{event.slug}/inscription",
            "compte-rendu": f"/evenements/{PAST}/compte-rendu",
            "tableau-de-bord": f"{desk}/",
            "invites": f"{desk}/invites",
            "lettre": f"{desk}/lettres/invitation",
            "envois": f"{desk}/envois",
            "emargement": f"{desk}/emargement/{day}/matin",
        }
        found = {name: base + path for name, path in paths.items()} | {
            "invitation": invitation(silent),
            "mon-inscription": personal(registration),
        }
        db.session.remove()
        db.engine.dispose()
    return found


def signed_in(browser: Browser, base: str, width: int, scheme: Scheme) -> Page:
    page = browser.new_page(locale="fr-FR", color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{base}/connexion")
    page.get_by_label("Adresse électronique").first.fill(EMAIL)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(f"{base}/gestion/")
    return page


def shoot(page: Page, address: str, file: Path) -> None:
    """As far as somebody would scroll."""
    page.goto(address)
    width, height = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
    box = page.locator(BEGINS_AT.get(file.stem, "html")).first.bounding_box()
    top = box["y"] if box else 0
    height = min(height - top, TALLEST)
    page.screenshot(path=file, clip={"x": 0, "y": top, "width": width, "height": height}, full_page=True)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)}  {width} × {height:.0f}, {size // 1000} ko")
    if size > MOST_BYTES:
        sys.exit(f"{file.name} dépasse {MOST_BYTES // 1000} ko.")


if __name__ == "__main__":
    main()
