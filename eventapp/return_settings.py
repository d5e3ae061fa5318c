"""Settings of what comes back (bounces), and of what the sender's domain publishes about its mail."""

import re
from dataclasses import dataclass
from typing import Any

from eventapp.environment import BadSetting, Environment, address, flag, number, words

SHORTEST_SECRET = 32
LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
SELECTOR = re.compile(rf"{LABEL}(\.{LABEL})*")
KEY = re.compile(r"[A-Za-z0-9+/]{40,2000}={0,2}")
MECHANISM = re.compile(r"(include:|a:|mx:|ip4:|ip6:)[A-Za-z0-9._:/-]{1,200}")


@dataclass(frozen=True, kw_only=True)
class ReturnSettings:
    """`address`: takes what comes back, with `+…` before its @ (VERP); the IMAP mailbox or the signed webhook then
    hands it to us. The last four describe the sender's domain."""

    address: str = ""
    webhook_secret: str = ""
    imap_server: str = ""
    imap_port: int = 993
    imap_tls: bool = True
    imap_username: str = ""
    imap_password: str = ""
    imap_folder: str = "INBOX"
    spf_mechanism: str = ""
    dkim_selector: str = ""
    dkim_public_key: str = ""
    dns_server: str = ""

    @classmethod
    def from_environment(cls, environ: Environment) -> "ReturnSettings":
        if words(environ, "BOUNCE_IMAP_SERVER") and not words(environ, "BOUNCE_IMAP_USERNAME"):
            raise BadSetting("BOUNCE_IMAP_USERNAME manque. Exemple : BOUNCE_IMAP_USERNAME=retours@example.org")
        return cls(
            address=address(environ, "BOUNCE_ADDRESS", "retours@rencontres.example.org"),
            webhook_secret=_secret(environ),
            imap_server=words(environ, "BOUNCE_IMAP_SERVER"),
            imap_port=number(environ, "BOUNCE_IMAP_PORT", 993, 1, 65535),
            imap_tls=flag(environ, "BOUNCE_IMAP_TLS", default=True),
            imap_username=words(environ, "BOUNCE_IMAP_USERNAME"),
            imap_password=environ.get("BOUNCE_IMAP_PASSWORD", ""),
            imap_folder=words(environ, "BOUNCE_IMAP_FOLDER") or "INBOX",
            spf_mechanism=_matching(environ, "MAIL_SPF", MECHANISM, "include:spf.relais.example.org"),
            dkim_selector=_matching(environ, "DKIM_SELECTOR", SELECTOR, "rencontres2027"),
            dkim_public_key=_matching(environ, "DKIM_PUBLIC_KEY", KEY, "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A…"),
            dns_server=words(environ, "DNS_SERVER"),
        )

    def as_flask(self) -> dict[str, Any]:
        return {
            "BOUNCE_ADDRESS": self.address,
            "BOUNCE_WEBHOOK_SECRET": self.webhook_secret,
            "BOUNCE_IMAP_SERVER": self.imap_server,
            "BOUNCE_IMAP_PORT": self.imap_port,
            "BOUNCE_IMAP_TLS": self.imap_tls,
            "BOUNCE_IMAP_USERNAME": self.imap_username,
            "BOUNCE_IMAP_PASSWORD": self.imap_password,
            "BOUNCE_IMAP_FOLDER": self.imap_folder,
            "MAIL_SPF": self.spf_mechanism,
            "DKIM_SELECTOR": self.dkim_selector,
            "DKIM_PUBLIC_KEY": self.dkim_public_key,
            "DNS_SERVER": self.dns_server,
        }


def _secret(environ: Environment) -> str:
    value, name = words(environ, "BOUNCE_WEBHOOK_SECRET"), "BOUNCE_WEBHOOK_SECRET"
    if value and len(value) < SHORTEST_SECRET:
        example = "$(python3 -c 'import secrets; print(secrets.token_hex(32))')"
        raise BadSetting(f"{name} est trop courte ({SHORTEST_SECRET} caractères au moins). Exemple : {name}={example}")
    return value


def _matching(environ: Environment, name: str, pattern: re.Pattern[str], example: str) -> str:
    value = words(environ, name)
    if value and not pattern.fullmatch(value):
        raise BadSetting(f"{name}={value!r} n’est pas de la forme attendue. Exemple : {name}={example}")
    return value
