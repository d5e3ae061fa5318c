"""Variable envelope return paths: each mail leaves with a return address of its own, « retours+17-k3hqz7xw2d@… » (its
row's number, and a seal that only we make), so that what comes back says by its address which mail it is about.
"""

import base64
import hashlib
import hmac
import re

from flask import current_app

SEALED = re.compile(r"\+([1-9][0-9]{0,9})-([a-z2-7]{10})\Z")
LARGEST_NUMBER = 2**31 - 1


def envelope_sender(number: int) -> str:
    """The return address (RFC 5321 MAIL FROM) of the message of this number: BOUNCE_ADDRESS with its seal, or the
    sender's own address where no address takes what comes back."""
    address = current_app.config["BOUNCE_ADDRESS"]
    if not address:
        return str(current_app.config["MAIL_DEFAULT_SENDER"])
    local, _, domain = address.rpartition("@")
    return f"{local}+{number}-{_seal(current_app.config['SECRET_KEY'], number)}@{domain}"


def number_of(address: str) -> int | None:
    """The number of the message whose return address this is; None for any other. Case is not relied upon: some
    servers change it."""
    ours = current_app.config["BOUNCE_ADDRESS"]
    local, _, domain = address.strip().strip("<>").lower().rpartition("@")
    if not ours or len(local) > 200:
        return None
    own_local, _, own_domain = ours.lower().rpartition("@")
    found = SEALED.fullmatch(local.removeprefix(own_local))
    if domain != own_domain or not local.startswith(own_local) or found is None:
        return None
    number = int(found[1])
    keys = (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"])
    is_ours = any(hmac.compare_digest(_seal(key, number), found[2]) for key in keys)
    return number if is_ours and number <= LARGEST_NUMBER else None


def _seal(secret: str, number: int) -> str:
    """Ten letters and digits: 50 bits, in one case."""
    key = hmac.digest(secret.encode(), b"eventapp return addresses v1", "sha256")
    made = hmac.new(key, str(number).encode(), hashlib.sha256).digest()
    return base64.b32encode(made).decode().lower()[:10]
