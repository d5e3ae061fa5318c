"""A mail that came to us, by the mailbox or the webhook: something returned, or the answer of a calendar."""

from datetime import datetime

from eventapp.outbox import bounces, replies


def take(source: bytes, *, via: str, now: datetime) -> None:
    """Anything else is left alone; repeats are harmless. Committed by the caller."""
    bounces.record(source, via=via, now=now)
    replies.record(source, now=now)
