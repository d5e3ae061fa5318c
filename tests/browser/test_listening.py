"""The negative control of every browser test: what must never happen is heard when it does."""

import time

import pytest

from tests.browser.conftest import listen
from tests.browser.hands import SECONDS


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')", "Content Security Policy"),
        ("new Image().src = '/static/absent.png'", "404"),
        ("new Image().src = 'https://elsewhere.example/'", "asked for https://elsewhere.example/"),
        ("console.error('lost')", "lost"),
        ("setTimeout(() => { throw new Error('broken') })", "broken"),
    ],
)
def test_a_fault_is_heard(demonstration, browser, fault, heard):
    page = browser.new_page()
    faults = listen(page)
    page.goto(f"{demonstration.url}/cookies")
    assert faults == []

    page.evaluate(f"() => {{ {fault} }}")
    deadline = time.monotonic() + SECONDS
    while not any(heard in line for line in faults) and time.monotonic() < deadline:
        page.wait_for_timeout(20)

    page.close()
    assert any(heard in line for line in faults), faults
