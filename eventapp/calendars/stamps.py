"""By what a calendar program knows that a secret calendar did not change."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from eventapp import versions


def etag_of(*facts: object) -> str:
    return hashlib.blake2b(repr((versions.BUILD, *facts)).encode(), digest_size=16).hexdigest()


def of_person(kind: str, digest: str, revision: int, event_revision: int, timezone: str, *, now: datetime) -> str:
    """Of the revisions of all that the file holds, and of the day, with which cancelled entries leave. `digest`: of the
    registration's personal link."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    return etag_of(kind, digest, revision, event_revision, today)
