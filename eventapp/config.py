"""Environment → typed settings. An odd or missing value refuses, naming the variable and an example."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from eventapp.environment import BadSetting, flag, number, several
from eventapp.return_settings import ReturnSettings

ROOT = Path(__file__).resolve().parent.parent
DSFR_FILES = ("dsfr.min.css", "utility/utility.min.css")

BARE_ADDRESS = re.compile(r"[^\s<>(),;:\"@]+@[^\s<>(),;:\"@]+")
REQUIRED = {
    "SECRET_KEY": "$(python3 -c 'import secrets; print(secrets.token_hex(32))')",
    "BASE_URL": "https://rencontres.example.org",
    "MAIL_SERVER": "smtp.example.org",
}
DEMO_SECRET = "demonstration-only-not-a-secret-0123456789abcdef"  # noqa: S105


@dataclass(frozen=True, kw_only=True)
class Settings:
    database_url: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...] = ()
    base_url: str
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    mail_server: str = ""
    mail_port: int = 25
    mail_username: str | None = None
    mail_password: str | None = None
    mail_use_tls: bool = False
    mail_use_ssl: bool = False
    mail_per_minute: int = 0
    mail_per_domain_per_minute: int = 0
    mail_default_sender: str = "ne-pas-repondre@localhost.localdomain"
    returns: ReturnSettings = field(default_factory=ReturnSettings)
    dsfr_dir: Path | None = None
    demo: bool = False
    threads: int = 8
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        demo = flag(environ, "EVENTAPP_DEMO")
        if not demo:
            _refuse_missing(environ)
        base_url = _base_url(environ)
        return cls(
            database_url=_database_url(environ),
            secret_key=_secret(environ),
            secret_key_fallbacks=several(environ, "SECRET_KEY_FALLBACKS"),
            base_url=base_url,
            trusted_hosts=several(environ, "TRUSTED_HOSTS"),
            proxy_hops=number(environ, "PROXY_HOPS", 0, 0, 9),
            mail_server=environ.get("MAIL_SERVER", "").strip() or "localhost",
            mail_port=number(environ, "MAIL_PORT", 25, 1, 65535),
            mail_username=environ.get("MAIL_USERNAME") or None,
            mail_password=environ.get("MAIL_PASSWORD") or None,
            mail_use_tls=flag(environ, "MAIL_USE_TLS"),
            mail_use_ssl=flag(environ, "MAIL_USE_SSL"),
            mail_per_minute=number(environ, "MAIL_PER_MINUTE", 0, 0, 1_000_000),
            mail_per_domain_per_minute=number(environ, "MAIL_PER_DOMAIN_PER_MINUTE", 0, 0, 1_000_000),
            mail_default_sender=_sender(environ, base_url),
            returns=ReturnSettings.from_environment(environ),
            dsfr_dir=_dsfr(environ),
            demo=demo,
            threads=number(environ, "BLOCKING_THREADS", 8, 1, 64),
        )

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def calendar_domain(self) -> str:
        """The fixed right-hand side of every UID and Message-ID."""
        host = urlsplit(self.base_url).hostname or "localhost"
        return host if "." in host and not host.replace(".", "").isdigit() else "rencontres.localhost"

    def as_flask(self) -> dict[str, Any]:
        cookie = "__Host-session" if self.is_https else "session"
        return {
            "SETTINGS": self,
            "SECRET_KEY": self.secret_key,
            "SECRET_KEY_FALLBACKS": list(self.secret_key_fallbacks),
            "BASE_URL": self.base_url,
            "EVENTAPP_DEMO": self.demo,
            "DSFR_DIR": str(self.dsfr_dir) if self.dsfr_dir else None,
            "TRUSTED_HOSTS": list(self.trusted_hosts) or None,
            "PREFERRED_URL_SCHEME": "https" if self.is_https else "http",
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "MAX_CONTENT_LENGTH": 6 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 500_000,
            "MAX_FORM_PARTS": 1_000,
            "SESSION_COOKIE_NAME": cookie,
            "SESSION_COOKIE_SECURE": self.is_https,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_PATH": "/",
            "PERMANENT_SESSION_LIFETIME": 12 * 3600,
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": True,
            "WTF_I18N_ENABLED": False,  # it would read a file at each form: see eventapp.extensions
            "SESSION_REFRESH_EACH_REQUEST": False,  # eventapp.accounts.sign_in renews it
            "RATELIMIT_STORAGE_URI": "eventapp://",
            "RATELIMIT_STORAGE_OPTIONS": {"database": self.database_url},
            "BABEL_DEFAULT_LOCALE": "fr",
            "BABEL_DEFAULT_TIMEZONE": "Europe/Paris",
            "MAIL_SERVER": self.mail_server,
            "MAIL_PORT": self.mail_port,
            "MAIL_USERNAME": self.mail_username,
            "MAIL_PASSWORD": self.mail_password,
            "MAIL_USE_TLS": self.mail_use_tls,
            "MAIL_USE_SSL": self.mail_use_ssl,
            "MAIL_PER_MINUTE": self.mail_per_minute,
            "MAIL_PER_DOMAIN_PER_MINUTE": self.mail_per_domain_per_minute,
            "MAIL_DEFAULT_SENDER": self.mail_default_sender,
            **self.returns.as_flask(),
            **self.extra,
        }


def _refuse_missing(environ: Mapping[str, str]) -> None:
    """All at once: what production cannot do without."""
    missing = [name for name in REQUIRED if not environ.get(name, "").strip()]
    examples = " ".join(f"{name}={REQUIRED[name]}" for name in missing)
    if len(missing) == 1:
        raise BadSetting(f"La variable {missing[0]} manque. Exemple : {examples}")
    if missing:
        names = f"{', '.join(missing[:-1])} et {missing[-1]}"
        raise BadSetting(f"Les variables {names} manquent. Exemples : {examples}")


def _secret(environ: Mapping[str, str]) -> str:
    secret = environ.get("SECRET_KEY", "").strip() or DEMO_SECRET
    if len(secret) < 32:
        example = REQUIRED["SECRET_KEY"]
        raise BadSetting(f"SECRET_KEY est trop courte (32 caractères au moins). Exemple : SECRET_KEY={example}")
    return secret


def _base_url(environ: Mapping[str, str]) -> str:
    host = environ.get("HOST") or "127.0.0.1"
    port = environ.get("PORT") or "8000"
    value = (environ.get("BASE_URL", "").strip() or f"http://{host}:{port}").rstrip("/")
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        valid = valid and not (parts.path or parts.query or parts.fragment or parts.username)
    except ValueError:
        valid = False
    if not valid:
        raise BadSetting(f"BASE_URL={value!r} n’est pas une adresse. Exemple : BASE_URL={REQUIRED['BASE_URL']}")
    return value


def _database_url(environ: Mapping[str, str]) -> str:
    value = environ.get("DATABASE_URL", "").strip()
    if not value:
        return f"sqlite:///{ROOT / 'instance' / 'eventapp.db'}"
    for short in ("postgresql://", "postgres://"):
        if value.startswith(short):
            return "postgresql+psycopg://" + value.removeprefix(short)
    if value.startswith(("postgresql+psycopg://", "sqlite:///")):
        return value
    example = "postgresql+psycopg://eventapp:motdepasse@localhost/eventapp"
    raise BadSetting(f"DATABASE_URL n’est ni SQLite ni PostgreSQL. Exemple : DATABASE_URL={example}")


def _sender(environ: Mapping[str, str], base_url: str) -> str:
    value = environ.get("MAIL_DEFAULT_SENDER", "").strip()
    if not value:
        host = urlsplit(base_url).hostname or "localhost"
        domain = host if "." in host and not host.replace(".", "").isdigit() else "rencontres.example"
        return f"ne-pas-repondre@{domain}"
    if not BARE_ADDRESS.fullmatch(value):  # « Nom <adresse> » too: each letter has its own name beside it
        raise BadSetting(f"MAIL_DEFAULT_SENDER={value!r} n’est pas une adresse. Exemple : rencontres@example.org")
    return value


def _dsfr(environ: Mapping[str, str]) -> Path | None:
    value = environ.get("DSFR_DIR", "").strip()
    if not value:
        return None
    folder = Path(value)
    for name in DSFR_FILES:
        if not (folder / name).is_file():
            raise BadSetting(f"DSFR_DIR={value!r} : le fichier {name} manque. Exemple : DSFR_DIR=/srv/dsfr/dist")
    return folder.resolve()
