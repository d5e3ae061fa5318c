"""One application per kind of database, its schema built once; emptied between tests, reference data kept."""

import csv
import importlib
import sqlite3
from collections.abc import Mapping
from dataclasses import replace

import psycopg
from flask import Flask
from sqlalchemy import make_url

from eventapp import create_app
from eventapp.config import ROOT, Settings
from eventapp.extensions import db, limiter
from eventapp.network.models import Departement, Region
from eventapp.text import slugify

# Seeded by the migration in a real installation, so present in every test.
REFERENCE = {"region", "departement"}

ENVIRONMENT = {
    "SECRET_KEY": "tests-only-0123456789abcdef0123456789abcdef",
    "BASE_URL": "http://localhost",
    "MAIL_SERVER": "127.0.0.1",
    "MAIL_DEFAULT_SENDER": "rencontres@example.org",
}
FLASK = {"TESTING": True, "STRICT_TEMPLATES": True, "WTF_CSRF_ENABLED": False}


def make_app(url: str, *, environ: Mapping[str, str] | None = None, **flask_settings: object) -> Flask:
    """An application under test: CSRF off, limits off, undefined template variables fail."""
    settings = Settings.from_environment({**ENVIRONMENT, **(environ or {}), "DATABASE_URL": url})
    app = create_app(replace(settings, extra=FLASK | flask_settings))
    limiter.enabled = False
    return app


def build(app: Flask) -> None:
    """Tables from the models, then what the migration seeds."""
    for models in sorted((ROOT / "eventapp").glob("*/*models.py")):
        importlib.import_module(f"eventapp.{models.parent.name}.{models.stem}")
    with app.app_context():
        db.create_all()
        with (ROOT / "migrations/territory_2026.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for code, name in {row["code_region"]: row["region"] for row in rows}.items():
            db.session.add(Region(code=code, name=name, slug=slugify(name)))
        db.session.flush()
        for row in rows:
            facts = {"code": row["code_departement"], "name": row["departement"]}
            db.session.add(Departement(**facts, region_code=row["code_region"]))
        db.session.commit()


def empty(url: str) -> None:
    """Delete every row but the reference data, in any order, through an own connection."""
    tables = [name for name in db.metadata.tables if name not in REFERENCE]
    deletes = ";".join(f'DELETE FROM "{name}"' for name in tables)  # noqa: S608
    if url.startswith("sqlite"):
        connection = sqlite3.connect(make_url(url).database or "", timeout=10)
        connection.executescript(f"PRAGMA foreign_keys=OFF; BEGIN IMMEDIATE; {deletes}; COMMIT")
        connection.close()
    else:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as pg:
            pg.execute(f"SET lock_timeout='3s'; SET session_replication_role=replica; {deletes}")
