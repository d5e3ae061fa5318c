"""« Nothing changed » for people's own calendars, before Flask is asked.

The same ETag as the view's own (eventapp/calendars/stamps.py), from one question to the database at every request: what
was changed, stopped or given another address a moment ago, in whatever process, goes its ordinary way. So does all that
is not exactly a program asking again for what it has.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from eventapp.calendars import stamps
from eventapp.clock import utcnow
from eventapp.tokens import digest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STATUS = "304 NOT MODIFIED"
ADDRESS = re.compile(r"/agenda/([A-Za-z0-9_-]{32})/[A-Za-z0-9_-]+\.ics", re.ASCII)
# To the driver itself: building a question, and the transaction around it, cost more than the answer.
FACTS = (
    "SELECT registration.digest, registration.revision, event.revision, event.timezone "
    "FROM registration JOIN event ON event.id = registration.event_id "
    "WHERE registration.feed_digest = {} AND registration.feed_revoked_at IS NULL"
)
Headers = tuple[tuple[str, str], ...]


class UnchangedFeeds:
    """A WSGI application in front of another, which has said « nothing changed » once before this one does."""

    def __init__(self, application: "WSGIApplication", engine: Engine) -> None:
        self._application, self._engine = application, engine
        self._question = FACTS.format("?" if engine.dialect.name == "sqlite" else "%s")
        self._headers: Headers = ()  # of such an answer, but for its ETag: the same for everyone

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        token = _token(environ)
        if token is None:
            return self._application(environ, start_response)
        if self._headers and environ["HTTP_IF_NONE_MATCH"] == self._etag(token):
            start_response(STATUS, [*self._headers, ("ETag", environ["HTTP_IF_NONE_MATCH"])])
            return []

        def remember(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if status == STATUS and not any(name.lower() == "set-cookie" for name, _ in headers):
                self._headers = tuple((name, value) for name, value in headers if name.lower() != "etag")
            return start_response(status, headers, *more)

        return self._application(environ, remember)

    def _etag(self, token: str) -> str | None:
        """None when the address leads nowhere any more, or the database is away: the application says what it does."""
        try:
            facts = self._facts(digest(token))
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error):
            return None
        return f'"{stamps.of_person("feed", *facts, now=utcnow())}"' if facts is not None else None

    def _facts(self, feed_digest: str) -> tuple[Any, ...] | None:
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(self._question, (feed_digest,))
            found: tuple[Any, ...] | None = cursor.fetchone()
            cursor.close()
            connection.commit()  # psycopg forgets its prepared statements at a rollback
        except BaseException:
            connection.invalidate()
            raise
        finally:
            connection.close()
        return found


def _token(environ: "WSGIEnvironment") -> str | None:
    """Of a question that may be answered here."""
    if (
        "HTTP_IF_NONE_MATCH" not in environ
        or environ["REQUEST_METHOD"] not in ("GET", "HEAD")
        or "HTTP_COOKIE" in environ
    ):
        return None
    found = ADDRESS.fullmatch(environ["PATH_INFO"])
    return found[1] if found else None
