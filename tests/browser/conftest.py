"""A real Chromium, the one that the system has; pages that break the security policy or call elsewhere fail."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from eventapp.config import ROOT
from tests.browser import tour
from tests.browser.hands import SECONDS, Hands, Keyboard
from tests.servers import Site, Starter

FOLDER = Path(__file__).parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["RGAAv4", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
FAULTS = """async options => {
    const found = await axe.run(document, options)
    return found.violations.flatMap(fault => fault.nodes.map(
        node => `${fault.id}: ${fault.help}: ${node.target.join(' ')}: ${node.failureSummary}`))
}"""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
expect.set_options(timeout=SECONDS * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    found = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if found is None:
        pytest.skip("Chromium n'est pas installé : apt install chromium")
    return {"executable_path": found, "args": QUIET}


@pytest.fixture
def browser_context_args() -> dict[str, Any]:
    return {"locale": "fr-FR", "timezone_id": "Europe/Paris", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """pytest-playwright's page, which also listens for what must never happen."""
    faults = listen(page)
    yield page
    assert faults == []


@pytest.fixture
def page_without_js(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """The same person with JavaScript off."""
    context = browser.new_context(java_script_enabled=False, **browser_context_args)
    page = context.new_page()
    faults = listen(page)
    yield page
    context.close()
    assert faults == []


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small demonstration of tour.py, to look at and not to change."""
    start_site = Starter(folder=tmp_path_factory.mktemp("demonstration"))
    try:
        yield start_site(tour.seed, environ={"EVENTAPP_DEMO": "1"})
    finally:
        start_site.stop()


@pytest.fixture(params=["mouse", "no-javascript", "keyboard"])
def hands(request: pytest.FixtureRequest, site: Site) -> Hands:
    """Somebody on the module's `site`, each test three times: with a mouse, without JavaScript, by keyboard."""
    page = request.getfixturevalue("page_without_js" if request.param == "no-javascript" else "page")
    return (Keyboard if request.param == "keyboard" else Hands)(page, site.url)


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """`assert axe(page) == []`: what axe-core finds against RGAA and WCAG 2.1 AA, one line a fault; or what it finds
    against some rules only.

    What a frame holds is a page of its own, judged apart.
    """
    if not AXE.exists():
        pytest.skip("axe-core n'est pas installé : make test l'installe (scripts/setup browser)")
    source = AXE.read_text(encoding="utf-8")

    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"], "iframes": False}

    def faults(page: Page, rules: Sequence[str] = ()) -> list[str]:
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(source)
        only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
        return page.evaluate(FAULTS, options | only)

    return faults


def listen(page: Page) -> list[str]:
    """Script errors, whatever the console calls an error, files not found, requests to other hosts, as they happen."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))

    def on_console(message: Any) -> None:
        # An answer such as 404 or 422 is judged below: for the page itself it may be what the test is about.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            faults.append(f"{page.url}: {message.text}")

    def on_response(response: Any) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            faults.append(f"{page.url}: {response.status} {response.url}")

    def on_request(request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "https://127.0.0.1:", "data:", "blob:")):
            faults.append(f"{page.url} asked for {request.url}")

    page.on("console", on_console)
    page.on("request", on_request)
    page.on("response", on_response)
    return faults
