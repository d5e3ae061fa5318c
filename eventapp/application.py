"""The Flask class, with silent retries of serialisation failures and logs without personal addresses; its requests."""

from typing import IO, Any

import flask
from flask import Flask, request
from sqlalchemy.exc import DBAPIError, IntegrityError

from eventapp.database import is_serialisation_failure
from eventapp.extensions import db

RETRIES = 3


class Request(flask.Request):
    """Closes the files of a form that was cut on its way: the parser forgets what it began."""

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*args, **kwargs)
        self.__dict__.setdefault("begun", []).append(stream)
        return stream

    def close(self) -> None:
        super().close()
        for stream in self.__dict__.get("begun", []):
            stream.close()


class Application(Flask):
    request_class = Request

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
