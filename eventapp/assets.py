"""Style sheets and scripts: addresses that change with their contents; the DSFR's files where DSFR_DIR gives them."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, send_from_directory

from eventapp import access

STATIC = Path(__file__).parent / "static"
OWN_LAYER = "@layer own {"
YEAR = 365 * 24 * 3600
HOUR = 3600


def register(app: Flask) -> None:
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR  # safe: every address of ours carries its digest
    app.url_defaults(_versioned)
    if app.config["DSFR_DIR"]:
        app.add_url_rule("/dsfr/<path:filename>", "dsfr", dsfr)
        app.add_url_rule("/habillage.css", "own_stylesheet", own_stylesheet)


@access.everyone
def dsfr(filename: str) -> Response:
    return send_from_directory(current_app.config["DSFR_DIR"], filename, max_age=HOUR)


@access.everyone
def own_stylesheet() -> Response:
    """What the DSFR does not have (hero, programme, figures…): the last layer of our one style sheet, coloured by the DSFR."""
    theme = (STATIC / "css" / "theme.css").read_text(encoding="utf-8")
    colours = (STATIC / "css" / "dsfr.css").read_text(encoding="utf-8")
    response = Response(colours + theme[theme.index(OWN_LAYER) :], mimetype="text/css")
    response.cache_control.max_age = HOUR
    return response


def _versioned(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values:
        path = STATIC / values["filename"]
        if path.is_file():
            values.setdefault("v", _digest(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=64)
def _digest(path: Path, _modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
