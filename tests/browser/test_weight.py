"""A first visit to a public page: few requests, few bytes; the next page fetches only itself."""

import pytest

from tests.browser import tour

MOST_BYTES = 100_000
MOST_REQUESTS = 10
PUBLIC = {"events.home", "events.page", "events.report", "agenda.programme", "registrations.form", "accounts.sign_in"}
PUBLIC |= {"agenda.session", "agenda.speaker"}
PUBLIC |= {"pages.legal", "pages.privacy", "pages.accessibility", "registrations.person", "invitations.page"}


@pytest.fixture
def network(page):
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return session


@pytest.fixture
def load(page, network):
    """`load(address)`: the bytes that crossed the network, one number an answer."""
    sizes = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    def load(address):
        sizes.clear()
        page.goto(address, wait_until="networkidle")
        return [size for size in sizes if size]

    return load


def test_public_pages_are_light(demonstration, network, load):
    with demonstration.app.app_context():
        paths = [stop.path for stop in tour.stops(demonstration.app) if stop.name in PUBLIC]
    assert len(paths) >= len(PUBLIC)
    for path in paths:
        network.send("Network.clearBrowserCache")
        sizes = load(demonstration.url + path)
        assert 1 < len(sizes) <= MOST_REQUESTS, (path, sizes)
        assert sum(sizes) <= MOST_BYTES, (path, sizes)


def test_the_next_page_fetches_only_itself(demonstration, network, load):
    network.send("Network.clearBrowserCache")
    load(f"{demonstration.url}/")
    assert len(load(f"{demonstration.url}/cookies")) == 1
