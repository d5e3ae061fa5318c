"""The Flask class, with silent retries of serialisation failures and logs without personal addresses."""

from typing import Any

from flask import Flask, request
from sqlalchemy.exc import DBAPIError

from eventapp.database import is_serialisation_failure
from eventapp.extensions import db

RETRIES = 3


class Application(Flask):
    def dispatch_request(self, *args: Any, **kwargs: Any) -> Any:
        """Two writers that PostgreSQL could not order (40001, 40P01) are replayed, at most three times."""
        for attempt in range(RETRIES + 1):
            try:
                return super().dispatch_request(*args, **kwargs)
            except DBAPIError as failure:
                db.session.rollback()
                if not is_serialisation_failure(failure) or attempt == RETRIES:
                    raise
        raise AssertionError("unreachable")

    def log_exception(self, exc_info: Any) -> None:
        """Flask's own line would show the whole address, which may hold somebody's token."""
        self.logger.error("exception in %s [%s]", request.endpoint, request.method, exc_info=exc_info)
