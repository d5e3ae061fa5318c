"""The same application with the lock taken out: what the race must then show proves that the race is one."""

from eventapp.registrations import seats
from wsgi import app

__all__ = ["app"]

seats.hold = lambda _event: None
