from datetime import UTC, datetime
from typing import Any, NamedTuple


class Entry(NamedTuple):
    uid: str
    start: str  # UTC, 2027-01-14T08:00:00Z
    end: str
    title: str
    status: str
    sequence: int
    location: str
    description: str


def instant(moment: Any) -> str:
    """A moment without zone stays recognisable: that is what a lost VTIMEZONE gives."""
    if not isinstance(moment, datetime):
        return f"not a moment: {moment}"
    if moment.tzinfo is None:
        return f"floating: {moment.isoformat()}"
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
