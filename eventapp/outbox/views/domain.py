"""`/gestion/courriels/domaine`: what the sender's domain publishes, and whether a test message arrives."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.outbox import authentication, beating, dns_lookup, explaining, trial, verdicts
from eventapp.outbox.authentication import Sender
from eventapp.outbox.forms import HeadersForm
from eventapp.outbox.mime import ascii_address
from eventapp.outbox.views.organiser import bp

DOMAIN = "/gestion/courriels/domaine"
NO_RESULT = "Aucun résultat (Authentication-Results) dans ces en-têtes\u00a0: sont-ils complets\u00a0?"
OUR_OWN = ("localhost", "localhost.localdomain")


@bp.get(DOMAIN)
@access.member
def domain() -> Any:
    return _page(HeadersForm(), is_checked="verifier" in request.args)


@bp.post(f"{DOMAIN}/essai")
@access.member
def send_trial() -> Any:
    try:
        trial.send(g.user.email, now=utcnow())
        db.session.commit()
        flash(f"Un courriel d’essai part vers {g.user.email}.", "success")
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    return redirect(url_for(".domain") + "#essai", 303)


@bp.post(f"{DOMAIN}/en-tetes")
@access.member
def read_headers() -> Any:
    """Shows what they say, and keeps nothing."""
    form = HeadersForm()
    if not form.validate_on_submit():
        return _page(form), 422
    found = verdicts.read(form.headers.data or "")
    if not found:
        form.headers.errors = [NO_RESULT]
        return _page(form), 422
    return _page(form, found=found)


def _page(form: HeadersForm, *, is_checked: bool = False, found: Any = ()) -> str:
    sender, config = _sender(), current_app.config
    last = trial.last(g.user.email)
    read_at = beating.last(beating.MAILBOX) if config["BOUNCE_IMAP_SERVER"] else None
    db.session.rollback()  # nothing of the database is held while the DNS is asked
    look_up = dns_lookup.resolver(config["DNS_SERVER"]) if is_checked else None
    return render_template(
        "outbox/organiser/domain.html",
        sender=sender,
        records=authentication.records(sender, look_up),
        alignments=authentication.alignments(sender),
        is_checked=is_checked,
        trial=last,
        form=form,
        verdicts=found,
        reasons=explaining.explain(found, sender) if found else [],
        mailbox=config["BOUNCE_IMAP_SERVER"],
        read_at=read_at,
        webhook=bool(config["BOUNCE_WEBHOOK_SECRET"]),
        bounce_address=config["BOUNCE_ADDRESS"],
    )


def _sender() -> Sender:
    config = current_app.config
    address = ascii_address(config["MAIL_DEFAULT_SENDER"])
    return Sender(
        address=address,
        domain=address.rpartition("@")[2].lower(),
        envelope=(config["BOUNCE_ADDRESS"] or address).rpartition("@")[2].lower(),
        mechanism=config["MAIL_SPF"] or _mechanism(config["MAIL_SERVER"]),
        dkim_selector=config["DKIM_SELECTOR"],
        dkim_key=config["DKIM_PUBLIC_KEY"],
    )


def _mechanism(relay: str) -> str:
    """The mail server's own address, as far as we know it: a relay on this machine leaves by this site's."""
    address = _ip(relay)
    if relay in OUR_OWN or (address is not None and address.is_loopback):
        host = urlsplit(current_app.config["BASE_URL"]).hostname or ""
        return "a" if _ip(host) or "." not in host else f"a:{host}"
    return f"a:{relay}" if address is None else f"ip{address.version}:{address}"


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
