"""Lists as files: CSV, XLSX, ODS behind one address each."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from flask import Response, abort, request, url_for

from eventapp.spreadsheets.cells import Value
from eventapp.spreadsheets.writing import FORMATS
from eventapp.text import slugify


def spreadsheet(kind: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Response:
    """The answer to « télécharger la liste » ; an unknown kind is 404."""
    if kind not in FORMATS:
        abort(404)
    write, content_type = FORMATS[kind]
    return attachment(write(title, header, rows), f"{slugify(title) or 'liste'}.{kind}", content_type)


def attachment(content: bytes, filename: str, content_type: str) -> Response:
    """Bytes to save under a name, which may carry accents (RFC 6266)."""
    plain = filename.encode("ascii", "ignore").decode().replace('"', "")
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename)}"
    return response


def links(endpoint: str, **values: object) -> list[tuple[str, str]]:
    """For `download.exports`: the three formats of this page's list, with its filters and without its page."""
    kept = {name: value for name, value in request.args.items() if name not in ("apres", "avant")} | values
    return [(kind.upper(), url_for(endpoint, kind=kind, **kept)) for kind in FORMATS]  # type: ignore[arg-type]
