"""The one place that asks the machine for the time. Verbs receive `now` as an argument."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Now, aware, UTC, to the microsecond."""
    return datetime.now(UTC)
