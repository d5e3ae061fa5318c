"""Reports of returned mail, read whoever wrote them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.outbox import dsn
from tests.outbox.reports import ABSENT, EXIM, report


def test_a_report_says_whom_why_and_about_what():
    (found,) = dsn.read(report())

    assert found.has_failed
    assert found.recipient == "jeanne@agents.example"
    assert found.status == "5.1.1"
    assert found.diagnostic == "550 5.1.1 <jeanne@agents.example>: User unknown"
    assert found.original == "<1@rencontres.localhost>"
    assert found.returned_to == ("ne-pas-repondre@rencontres.example",)


def test_the_headers_alone_of_the_mail_suffice():
    (found,) = dsn.read(report(kind="text/rfc822-headers", body=""))
    assert found.original == "<1@rencontres.localhost>"


def test_a_report_cut_in_the_middle_of_the_mail_still_counts():
    source = report(body="a" * (2 * dsn.LARGEST))
    assert [found.original for found in dsn.read(source)] == ["<1@rencontres.localhost>"]


def test_the_header_of_older_servers_is_understood():
    (found,) = dsn.read(EXIM)
    assert (found.has_failed, found.recipient) == (True, "jeanne@agents.example")
    assert found.original == "<1@rencontres.localhost>"


@pytest.mark.parametrize("source", [ABSENT, b"", b"\0" * 2000, b"Subject: =?utf-8?b?\xff?=\n\n\xff", report()[:60]])
def test_what_is_no_report_says_nothing(source):
    assert dsn.read(source) == []


def test_each_recipient_has_a_report_of_its_own():
    second = "\r\n\r\nFinal-Recipient: rfc822; paul@agents.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n"
    source = report().replace(b"User unknown", b"User unknown" + second.encode())

    found = dsn.read(source)
    assert [(one.recipient, one.action) for one in found] == [
        ("jeanne@agents.example", "failed"),
        ("paul@agents.example", "delayed"),
    ]
    assert len({one.fingerprint for one in found}) == 2


@pytest.mark.parametrize(
    ("status", "diagnostic", "is_dead"),
    [
        ("5.1.1", "550 5.1.1 unknown", True),
        ("5.0.0", "550 5.1.10 recipient not found", True),
        ("5.0.0", "user unknown", True),
        ("5.2.1", "", True),
        ("", "550 no such user", True),
        ("5.2.2", "552 5.2.2 over quota", False),
        ("5.0.0", "554 5.7.1 spam", False),
        ("5.7.26", "", False),
        ("5.1.8", "sender address rejected", False),
        ("4.4.7", "expired", False),
        ("", "554 refused", False),
    ],
)
def test_only_what_speaks_of_the_address_condemns_it(status, diagnostic, is_dead):
    (found,) = dsn.read(report(status=status, diagnostic=diagnostic))
    assert found.condemns_the_address is is_dead


def test_a_delay_condemns_nothing():
    (found,) = dsn.read(report(action="delayed"))
    assert not found.condemns_the_address


def test_hostile_reports_take_no_time():
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000))
    addresses = b"X-Failed-Recipients: " + b"a@" * 100_000 + b"\n\n"
    many = report().replace(b"--=_B--", b"Final-Recipient: rfc822; a@b.example\r\n\r\n" * 5_000)
    began = time.process_time()
    for source in (deep, addresses, many, report(diagnostic="5." * 50_000), report(to="<" * 100_000)):
        assert len(dsn.read(source)) <= dsn.MOST_RECIPIENTS
    assert time.process_time() - began < 5


LINES = b"Content-Type: text/plain\n\n" + b"--\n" * 80_000
HOSTILE = {
    "a nest of parts, then a line for each of them": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(200)
    )
    + LINES,
    "nothing but empty recipients": b"Content-Type: message/delivery-status\n\n" + b"\n" * 256_000,
    "one parameter": b'Content-Type: multipart/report; x="' + b'\\";' * 80_000 + b"\n\n",
    "parameters": b"Content-Type: multipart/report; " + b"a;" * 120_000 + b"\n\n",
    "one parameter inside": b'Content-Type: text/rfc822-headers\n\nContent-Type: multipart/mixed; x="'
    + b'\\";' * 80_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_takes_python_minutes_takes_no_time(name):
    began = time.process_time()
    assert dsn.read(HOSTILE[name]) == []
    assert time.process_time() - began < 2


def test_what_it_keeps_fits_and_is_clean():
    (found,) = dsn.read(report(diagnostic="550 \0\x1b[31m\u2028 " + "é" * 5_000, recipient="a" * 400 + "@b.example"))
    assert len(found.diagnostic) <= dsn.LONGEST
    assert not set("\0\x1b\u2028") & set(found.diagnostic)
    assert len(found.recipient) <= 320


@given(st.binary(max_size=400))
def test_any_bytes_are_read(noise):
    dsn.read(noise)
    dsn.read(report().replace(b"User unknown", noise))
