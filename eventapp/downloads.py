"""Lists as files: CSV, XLSX, ODS behind one address each."""

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote

from flask import Response, abort, request, url_for

from eventapp.spreadsheets.cells import Value
from eventapp.spreadsheets.writing import write_csv, write_ods, write_xlsx
from eventapp.text import slugify

Writer = Callable[[str, Sequence[str], Iterable[Sequence[Value]]], bytes]
KINDS: dict[str, tuple[Writer, str]] = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": (write_ods, "application/vnd.oasis.opendocument.spreadsheet"),
}


def spreadsheet(kind: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Response:
    """The answer to « télécharger la liste » ; an unknown kind is 404."""
    if kind not in KINDS:
        abort(404)
    writer, content_type = KINDS[kind]
    return attachment(writer(title, header, rows), f"{slugify(title) or 'liste'}.{kind}", content_type)


def attachment(content: bytes, filename: str, content_type: str) -> Response:
    """Bytes to save under a name, which may carry accents (RFC 6266)."""
    plain = filename.encode("ascii", "ignore").decode().replace('"', "")
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename)}"
    return response


def links(endpoint: str, **values: object) -> list[tuple[str, str]]:
    """For `download.exports`: the three formats of this page's list, with its filters and without its page."""
    kept = {name: value for name, value in request.args.items() if name not in ("apres", "avant")} | values
    return [(kind.upper(), url_for(endpoint, kind=kind, **kept)) for kind in KINDS]  # type: ignore[arg-type]
