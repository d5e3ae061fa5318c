"""The page client: a Flask test client which looks at every HTML page it is given."""

from collections import Counter
from functools import cache
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Environment, Template, nodes
from werkzeug.test import TestResponse

from eventapp.extensions import db


class PageClient(FlaskClient):
    """Commits what the test prepared, asks in a fresh application context, checks the page, then forgets
    what the test had read, so that it sees what the request wrote."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()
        with self.application.app_context(), template_rendered.connected_to(check_names):
            response = super().open(*args, **kwargs)
        db.session.expire_all()
        if response.mimetype == "text/html" and response.data and response.location is None:
            check_page(parse(response), response.request.path)
        return response

    def sign_in(self, user: Any) -> None:
        """From here on the client's requests are this User's."""
        db.session.commit()
        with self.session_transaction() as session:
            session["_user_id"] = user.fs_uniquifier
            session["_fresh"] = True

    def page(self, path: str, **kwargs: Any) -> BeautifulSoup:
        """GET a page that must answer 200; its parsed HTML."""
        response = self.get(path, **kwargs)
        assert response.status_code == 200, f"{path}: {response.status}"
        return parse(response)


def parse(response: TestResponse) -> BeautifulSoup:
    """Once for an answer: what is read here was read already, to be checked."""
    soup: BeautifulSoup | None = getattr(response, "soup", None)
    if soup is None:
        soup = response.soup = BeautifulSoup(response.text, "html.parser")  # type: ignore[attr-defined]
    return soup


def words(html: Any) -> str:
    """The text that a reader sees, spaces (no-break ones too) made single."""
    return " ".join(html.get_text(" ").split())


def check_names(_app: Flask, template: Template, context: dict[str, Any], **_more: Any) -> None:
    """What a layout imports under a name hides, in every block, what the view gave under it."""
    hidden = imported(template.environment, template.name or "") & context.keys()
    assert not hidden, f"{template.name}: {hidden} of the view is hidden by an import of this name"


@cache
def imported(environment: Environment, name: str) -> frozenset[str]:
    """The names under which a page and its layouts import components."""
    if name == "" or environment.loader is None:
        return frozenset()
    tree = environment.parse(environment.loader.get_source(environment, name)[0])
    own = {found.target for found in tree.find_all(nodes.Import)}
    layouts = [
        found.template.value for found in tree.find_all(nodes.Extends) if isinstance(found.template, nodes.Const)
    ]
    return frozenset(own.union(*(imported(environment, layout) for layout in layouts)))


def check_page(soup: BeautifulSoup, path: str) -> None:
    if soup.html is None:
        return
    headings = soup.find_all("h1")
    assert len(headings) == 1, f"{path}: {len(headings)} h1"
    title = words(soup.title) if soup.title else ""
    assert words(headings[0]), f"{path}: empty h1"
    assert words(headings[0]) in title, f"{path}: the title « {title} » lacks the h1 « {words(headings[0])} »"
    assert soup.html.get("lang") == "fr", f"{path}: lang"
    identifiers = Counter(tag["id"] for tag in soup.find_all(id=True))
    twice = {name for name, times in identifiers.items() if times > 1}
    assert not twice, f"{path}: id used twice: {twice}"
