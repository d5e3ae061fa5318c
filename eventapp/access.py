"""Who may call a view. Closed by default: a view that declares nothing answers 403."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, render_template, request, url_for
from flask_login import current_user

from eventapp.database import SAFE_METHODS

View = TypeVar("View", bound=Callable[..., Any])


class Public(StrEnum):
    EVERYONE = "everyone"  # cacheable, no personal content
    TOKEN = "token"  # noqa: S105 - whoever holds the secret link; never cached
    VISITOR = "visitor"  # everyone, but with a form or personal content; never cached
    MEMBER = "member"  # signed in, with at least one organisation
    DEMONSTRATION = "demonstration"  # only where EVENTAPP_DEMO is set; elsewhere 404


def _declare(public: Public) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = public  # type: ignore[attr-defined]
        return view

    return mark


everyone = _declare(Public.EVERYONE)
token_holder = _declare(Public.TOKEN)
visitor = _declare(Public.VISITOR)
member = _declare(Public.MEMBER)
demonstration = _declare(Public.DEMONSTRATION)


def register(app: Flask) -> None:
    app.before_request(guard)


def guard() -> Any:
    """Runs before every view; a member's `g.user` is the signed-in User."""
    if "\0" in request.path:
        abort(404)  # no database holds it, and PostgreSQL refuses to compare with it
    if request.endpoint is None or request.endpoint == "static":
        return None
    if request.method not in SAFE_METHODS and comes_from_elsewhere():
        abort(400)
    public = getattr(current_app.view_functions[request.endpoint], "access", None)
    if public is None:
        abort(403)
    if public is Public.DEMONSTRATION and not current_app.config["EVENTAPP_DEMO"]:
        abort(404)
    if public is Public.MEMBER:
        return _require_member()
    return None


def _require_member() -> Any:
    if not current_user.is_authenticated:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else url_for("events_organiser.index")
        return redirect(url_for("accounts.sign_in", next=wanted))
    if not current_user.memberships:
        return render_template("accounts/no_organisation.html"), 403
    g.user = current_user._get_current_object()
    return None


def comes_from_elsewhere() -> bool:
    """A browser says that another site's page sent this: refused beside, not instead of, the CSRF token."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin", "none"):
        return True
    if origin in (None, "null"):
        return False
    return urlsplit(origin).netloc not in (request.host, urlsplit(current_app.config["BASE_URL"]).netloc)


def is_personal() -> bool:
    """Whether the answer to this request may hold something that only this person should read."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "access", None) is not Public.EVERYONE and request.endpoint not in ("static", "dsfr")
