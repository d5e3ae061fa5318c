"""What the sender's domain publishes, asked of a DNS server that the test runs; and a test message."""

import socketserver
import threading

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from eventapp.extensions import db
from eventapp.outbox import authentication, dns_lookup, explaining, trial, verdicts
from eventapp.outbox.authentication import Sender
from eventapp.outbox.dns_lookup import DnsUnavailable
from eventapp.outbox.models import Message, State
from tests.factories import NOW, make_organisation, make_user
from tests.pages import words

PAGE = "/gestion/courriels/domaine"
KEY = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA" + "x" * 40
GMAIL = """Delivered-To: jeanne@agents.example\r
Authentication-Results: mx.agents.example;\r
       dkim=pass (2048-bit key; spf=fail inside a comment) header.i=@rencontres.example header.s=a;\r
       spf=softfail (not permitted) smtp.mailfrom=retours+1-a@autre.example;\r
       dmarc=pass (p=NONE) header.from=rencontres.example\r
Subject: spf=fail\r
"""


class Server(socketserver.ThreadingUDPServer):
    """Answers what `records` holds: {name: [text, …]}."""

    daemon_threads = True

    def __init__(self):
        self.records, self.asked = {}, []
        super().__init__(("127.0.0.1", 0), Answering)


class Answering(socketserver.BaseRequestHandler):
    def handle(self):
        data, connection = self.request
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        self.server.asked.append(name)
        answer = dns.message.make_response(query)
        texts = self.server.records.get(name)
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        for text in texts or ():
            parts = " ".join(f'"{text[n : n + 200]}"' for n in range(0, len(text), 200))
            answer.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", dns.rdatatype.TXT, parts))
        connection.sendto(answer.to_wire(), self.client_address)


@pytest.fixture
def server(app, monkeypatch):
    with Server() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        monkeypatch.setitem(app.config, "DNS_SERVER", f"127.0.0.1:{server.server_address[1]}")
        monkeypatch.setitem(app.config, "MAIL_DEFAULT_SENDER", "bonjour@rencontres.example")
        yield server
        server.shutdown()


def sender(**facts):
    known = {"address": "bonjour@rencontres.example", "domain": "rencontres.example", "envelope": "rencontres.example"}
    return Sender(**known | {"mechanism": "a:smtp.example", "dkim_selector": "a1", "dkim_key": KEY} | facts)


def judged(server, what, **facts):
    look_up = dns_lookup.resolver(f"127.0.0.1:{server.server_address[1]}")
    return next(r for r in authentication.records(sender(**facts), look_up) if r.what == what)


def test_the_three_records_are_literal():
    spf, dkim, dmarc = authentication.records(sender())
    assert (spf.name, spf.value) == ("rencontres.example", "v=spf1 a:smtp.example ~all")
    assert (dkim.name, dkim.value) == ("a1._domainkey.rencontres.example", f"v=DKIM1; k=rsa; p={KEY}")
    assert dmarc.name == "_dmarc.rencontres.example"
    assert dmarc.value == "v=DMARC1; p=none; rua=mailto:bonjour@rencontres.example"


@pytest.mark.parametrize(
    ("published", "is_fine"),
    [
        (["v=spf1 a:smtp.example -all"], True),
        (["other", "V=SPF1 +A:smtp.example ~all"], True),
        (["v=spf1 mx -all"], False),
        (["v=spf1 a:smtp.example -all", "v=spf1 mx -all"], False),
        (["other"], False),
        (None, False),
    ],
)
def test_spf_is_judged(server, published, is_fine):
    if published is not None:
        server.records["rencontres.example"] = published
    assert judged(server, "SPF").is_fine is is_fine


def test_the_spf_record_to_publish_keeps_what_is_there(server):
    server.records["rencontres.example"] = ["v=spf1 mx include:autre.example -all"]
    assert judged(server, "SPF").value == "v=spf1 a:smtp.example mx include:autre.example -all"


@pytest.mark.parametrize(
    ("published", "is_fine"),
    [([f"v=DKIM1; k=rsa; p={KEY}"], True), (["v=DKIM1; p="], False), (["v=DKIM1; p=b64other"], False), (None, False)],
)
def test_dkim_is_judged(server, published, is_fine):
    if published is not None:
        server.records["a1._domainkey.rencontres.example"] = published
    assert judged(server, "DKIM").is_fine is is_fine


def test_without_selector_nobody_can_tell(server):
    assert judged(server, "DKIM", dkim_selector="").is_fine is None


@pytest.mark.parametrize(
    ("name", "published", "is_fine"),
    [
        ("_dmarc.mail.rencontres.example", ["v=DMARC1; p=reject"], True),
        ("_dmarc.rencontres.example", ["v=DMARC1; p=none; rua=mailto:a@b.example"], True),
        ("_dmarc.rencontres.example", ["v=DMARC1; p=perhaps"], False),
        ("_dmarc.example", ["v=DMARC1; p=reject"], False),
    ],
)
def test_dmarc_is_found_at_the_domain_or_above(server, name, published, is_fine):
    server.records[name] = published
    assert judged(server, "DMARC", domain="mail.rencontres.example").is_fine is is_fine


def test_alignment_compares_domains():
    assert authentication.related("retours.rencontres.example", "Rencontres.example.")
    assert not authentication.related("monrencontres.example", "rencontres.example")
    assert [line.is_fine for line in authentication.alignments(sender(envelope="autre.example"))] == [False, None]


def test_without_dns_the_page_says_so(app, monkeypatch, client):
    monkeypatch.setattr(dns_lookup, "SECONDS_IN_ALL", 0.5)
    monkeypatch.setitem(app.config, "DNS_SERVER", "127.0.0.1:1")
    client.sign_in(make_user(make_organisation()))
    page = client.page(PAGE, query_string={"verifier": "oui"})
    assert words(page).count("Le DNS ne répond pas : ce qui est publié n’a pas pu être lu.") >= 2


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:x", ":53"])
def test_a_server_that_is_none_does_not_answer(address):
    with pytest.raises(DnsUnavailable):
        dns_lookup.resolver(address)("rencontres.example")


def test_the_page_asks_only_when_it_is_told_to(client, server):
    server.records = {"rencontres.example": ["v=spf1 mx <b>-all"], "_dmarc.rencontres.example": ["v=DMARC1; p=none"]}
    client.sign_in(make_user(make_organisation()))

    assert "v=spf1" in words(client.page(PAGE))
    assert server.asked == []
    page = client.page(PAGE, query_string={"verifier": "oui"})
    assert "v=spf1 mx <b>-all" in words(page)
    assert "La règle de rencontres.example observe seulement (p=none)." in words(page)


@pytest.mark.parametrize(
    ("relay", "mechanism"),
    [
        ("smtp.relais.example", "a:smtp.relais.example"),
        ("192.0.2.7", "ip4:192.0.2.7"),
        ("2001:db8::7", "ip6:2001:db8::7"),
        ("127.0.0.1", "a:rencontres.example"),
        ("localhost", "a:rencontres.example"),
    ],
)
def test_the_mail_server_becomes_an_spf_term(app, monkeypatch, client, relay, mechanism):
    monkeypatch.setitem(app.config, "MAIL_SERVER", relay)
    monkeypatch.setitem(app.config, "BASE_URL", "https://rencontres.example")
    client.sign_in(make_user(make_organisation()))
    assert f"v=spf1 {mechanism} ~all" in words(client.page(PAGE))


def test_a_test_message_says_what_became_of_it(client):
    user = make_user(make_organisation())
    client.sign_in(user)
    assert client.post(f"{PAGE}/essai").status_code == 303
    (message,) = db.session.scalars(db.select(Message))
    message.state, message.last_error = State.FAILED, "Le serveur refuse ce courriel (550 non)."

    page = client.page(PAGE)
    assert "en échec" in words(page)
    assert "Le serveur refuse ce courriel (550 non)." in words(page)
    client.post(f"{PAGE}/essai")
    assert "attendez une minute" in words(client.page(PAGE))
    assert db.session.query(Message).count() == 1


def test_the_test_message_can_be_written(app):
    from eventapp.outbox.rendering import render

    with app.test_request_context():
        rendered = render(trial.send("jeanne@agents.example", now=NOW))
    assert rendered.subject == "Courriel d’essai"
    assert "est bien arrivé" in rendered.text


def test_pasted_headers_are_read():
    dkim, dmarc, spf = sorted(verdicts.read(GMAIL), key=lambda verdict: verdict.method)
    assert (dkim.result, dkim.is_fine, dkim.domain) == ("réussi", True, "rencontres.example")
    assert (spf.result, spf.is_fine, spf.domain) == ("échoué (toléré)", False, "autre.example")
    assert dmarc.is_fine
    assert verdicts.read("Subject: spf=pass\n" + "(" * 50_000) == []


def test_pasted_headers_show_their_verdict_and_are_not_kept(client):
    client.sign_in(make_user(make_organisation()))
    found = client.post(f"{PAGE}/en-tetes", data={"headers": GMAIL})
    assert found.status_code == 200
    assert "échoué (toléré)" in found.text
    for headers in ("", "Bonjour", "x" * (verdicts.LONGEST + 1)):
        assert client.post(f"{PAGE}/en-tetes", data={"headers": headers}).status_code == 422


def test_a_signature_of_another_domain_is_said_with_what_to_do():
    headers = (
        "Authentication-Results: mx.example; dkim=pass header.d=autre.example;"
        " spf=fail smtp.mailfrom=retours@rencontres.example; dmarc=fail header.from=rencontres.example"
    )

    dkim, spf, dmarc = explaining.explain(verdicts.read(headers), sender())

    assert dkim.replace("\u00a0", " ").startswith("DKIM : signé par autre.example, au lieu de rencontres.example")
    assert "(d=rencontres.example)" in dkim
    assert "n’est pas dans la liste que publie rencontres.example" in spf
    assert "ni DKIM ni SPF ne valent pour rencontres.example" in dmarc


def test_nothing_is_missing_where_all_is_in_order():
    headers = (
        "Authentication-Results: mx.example; dkim=pass header.d=rencontres.example;"
        " spf=pass smtp.mailfrom=a@rencontres.example; dmarc=pass header.from=rencontres.example"
    )
    assert explaining.explain(verdicts.read(headers), sender()) == []


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ("dkim=fail header.d=rencontres.example", "n’est pas valable"),
        ("dkim=none", "aucune signature n’a été vérifiée"),
        ("spf=pass smtp.mailfrom=a@autre.example", "l’adresse de retour est en autre.example"),
        ("dmarc=none", "aucune règle n’a été appliquée"),
        ("dmarc=fail header.from=ailleurs.example", "ces en-têtes sont ceux d’un courriel de ailleurs.example"),
        ("dkim=pass header.d=rencontres.example; dmarc=fail header.from=rencontres.example", "refaites un essai"),
    ],
)
def test_each_failure_has_its_reason(headers, said):
    reasons = explaining.explain(verdicts.read(f"Authentication-Results: mx.example; {headers}"), sender())
    assert any(said in reason for reason in reasons)
