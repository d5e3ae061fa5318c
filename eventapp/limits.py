"""How often: rate limits that guessing and flooding meet, and nobody else.

A whole préfecture is one address, so what people do in numbers has room per address; a calendar or a valid personal
link is never limited. When the counters cannot be read, requests pass and the fault is logged.
"""

import ipaddress
import math
import time
from typing import Any

from flask import Flask, Response, current_app, make_response, request
from limits import RateLimitItem, parse
from werkzeug.exceptions import TooManyRequests

from eventapp import access, errors
from eventapp.extensions import limiter

RULES: dict[str, RateLimitItem] = {
    name: parse(rate)
    for name, rate in {
        "sign-in of an account": "10 per 5 minutes",
        "sign-in from an address": "10 per 5 minutes",
        "sign-in in all": "1000 per 5 minutes",
        "link to an account": "5 per 5 minutes",
        "link from an address": "20 per 5 minutes",
        "personal link to a person": "5 per 5 minutes",
        "personal link from an address": "60 per 5 minutes",
        "request of a person": "10 per 5 minutes",
        "registration from an address": "6000 per minute",
        "group from an address": "120 per 5 minutes",
        "wrong token from an address": "300 per 5 minutes",
    }.items()
}
# What each POST costs its address.
POSTS = {
    "accounts.send_link": "link from an address",
    "registrations.create": "registration from an address",
    "registrations.create_party": "group from an address",
    "registrations.send_links": "personal link from an address",
    "invitations.accept": "registration from an address",
    "invitations.names": "group from an address",
    "invitations.replacement": "personal link from an address",
}


def register(app: Flask) -> None:
    app.before_request(count_post)
    app.after_request(count_wrong_token)


def spend(rule: str, *keys: str) -> None:
    """Count one more of `rule` for these keys; past its limit, a 429 that says when to come back."""
    if not limiter.enabled:
        return
    item = RULES[rule]
    try:
        if limiter.limiter.hit(item, rule, *keys):
            return
        reset_at = limiter.limiter.get_window_stats(item, rule, *keys).reset_time
    except Exception:
        current_app.logger.warning("rate limits are not counted", exc_info=True)
        return
    raise TooManyRequests(retry_after=max(1, math.ceil(reset_at - time.time())))


def give_back(rule: str, *keys: str) -> None:
    """It was no guess after all: signing in rightly costs nothing, however many share the address."""
    if not limiter.enabled:
        return
    item = RULES[rule]
    try:
        limiter.limiter.storage.incr(item.key_for(rule, *keys), item.get_expiry(), -1)
    except Exception:
        current_app.logger.warning("rate limits are not counted", exc_info=True)


def address() -> str:
    """Whom a request counts for: an IPv4 address, or the /64 that one IPv6 subscriber owns."""
    try:
        parsed = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def count_post() -> None:
    if request.method == "POST" and request.endpoint in POSTS:
        spend(POSTS[request.endpoint], address())


def count_wrong_token(response: Response) -> Any:
    """Guessing tokens gets 404 like any wrong link, then 429; a right one never reaches this line."""
    view = current_app.view_functions.get(request.endpoint or "")
    if response.status_code != 404 or getattr(view, "access", None) is not access.Public.TOKEN:
        return response
    if request.blueprint == "calendars":
        return response
    try:
        spend("wrong token from an address", address())
    except TooManyRequests as refusal:
        return make_response(errors.http_error(refusal))
    return response
