"""The Flask class, with silent retries of serialisation failures and logs without personal addresses."""

from typing import Any

from flask import Flask, request
from sqlalchemy.exc import DBAPIError, IntegrityError

from eventapp.database import is_serialisation_failure
from eventapp.extensions import db

RETRIES = 3


class Application(Flask):
    def dispatch_request(self, *args: Any, **kwargs: Any) -> Any:
        """Played again, at most three times: two writers that PostgreSQL could not order (40001, 40P01), and whoever a
        constraint stopped, the last net under a look that saw nothing: the second look sees the row."""
        for attempt in range(RETRIES + 1):
            try:
                return super().dispatch_request(*args, **kwargs)
            except DBAPIError as failure:
                db.session.rollback()
                may_pass = is_serialisation_failure(failure) or isinstance(failure, IntegrityError)
                if not may_pass or attempt == RETRIES:
                    raise
        raise AssertionError("unreachable")

    def log_exception(self, exc_info: Any) -> None:
        """Flask's own line would show the whole address, which may hold somebody's token."""
        self.logger.error("exception in %s [%s]", request.endpoint, request.method, exc_info=exc_info)
