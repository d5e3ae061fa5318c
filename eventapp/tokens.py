"""Secret links that can be shown again but not stolen from a copy of the database.

token = base64url(HMAC-SHA256(key derived from SECRET_KEY, purpose ‖ nonce)), cut to 24 bytes (192 bits).
The row keeps the nonce and SHA-256(token), by which it is looked up; a new nonce revokes the old link.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from flask import current_app

BYTES = 24


@dataclass(frozen=True)
class Issued:
    """What the row stores: never the token itself."""

    nonce: str
    digest: str


def issue(purpose: str) -> Issued:
    nonce = secrets.token_hex(16)
    return Issued(nonce, digest(reveal(purpose, nonce)))


def reveal(purpose: str, nonce: str, stored: str | None = None) -> str:
    """The token of 32 URL-safe characters that belongs to a stored nonce.

    `stored`, the row's digest, tells under which key it was made: after a rotation the links already sent keep
    working, and are shown again unchanged as long as their key is among SECRET_KEY_FALLBACKS.
    """
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    made = [_made(key, purpose, nonce) for key in (keys if stored else keys[:1])]
    return next((token for token in made if digest(token) == stored), made[0])


def digest(token: str) -> str:
    """SHA-256 in hex of a presented token; any text is accepted and simply finds no row."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _made(secret: str, purpose: str, nonce: str) -> str:
    key = hmac.digest(secret.encode(), b"eventapp links v1", "sha256")
    mac = hmac.digest(key, f"{purpose}\0{nonce}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac[:BYTES]).decode()
