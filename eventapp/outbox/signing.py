"""Requests that a program signs: `X-Timestamp`, seconds since 1970, and `X-Signature`, the HMAC-SHA256 in hexadecimal
of the timestamp, a full stop and the body."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

from werkzeug.datastructures import Headers

TOLERANCE = timedelta(minutes=5)
MOMENT = re.compile(r"[0-9]{1,12}")


def signature(body: bytes, timestamp: str, secret: str) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, headers: Headers, secret: str, now: datetime) -> bool:
    """By whoever knows the secret, and just now."""
    timestamp, given = headers.get("X-Timestamp", ""), headers.get("X-Signature", "")
    if not MOMENT.fullmatch(timestamp) or not given.isascii():
        return False
    is_recent = abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()
    return is_recent and hmac.compare_digest(signature(body, timestamp, secret), given)
