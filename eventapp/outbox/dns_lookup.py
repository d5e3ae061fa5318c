"""TXT records, asked within a bounded time of the machine's own resolver or of DNS_SERVER."""

import ipaddress
import time
from collections.abc import Callable

import dns.exception
import dns.name
import dns.resolver

SECONDS = 1.5  # for one question
SECONDS_IN_ALL = 4.0
LONGEST = 2_000

LookUp = Callable[[str], list[str]]


class DnsUnavailable(Exception):
    """The sentence says why nothing is known."""


def resolver(server: str = "") -> LookUp:
    """`look_up(name)` → its TXT records, none when it has none. Raises DnsUnavailable, at once when time is over."""
    try:
        asked = _resolver(server)
    except (dns.exception.DNSException, ValueError, OSError):
        asked = None
    deadline = time.monotonic() + SECONDS_IN_ALL

    def look_up(name: str) -> list[str]:
        left = deadline - time.monotonic()
        if asked is None or left <= 0:
            raise DnsUnavailable("Le DNS ne répond pas\u00a0: ce qui est publié n’a pas pu être lu.")
        try:
            answer = asked.resolve(name, "TXT", lifetime=min(SECONDS, left), search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, UnicodeError):
            raise DnsUnavailable("Le DNS ne répond pas\u00a0: ce qui est publié n’a pas pu être lu.") from None
        return [b"".join(row.strings).decode("utf-8", "replace")[:LONGEST] for row in answer]

    return look_up


def _resolver(server: str) -> dns.resolver.Resolver:
    if not server:
        return dns.resolver.Resolver()
    host, _, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "")
    asked = dns.resolver.Resolver(configure=False)
    asked.nameservers = [str(ipaddress.ip_address(host.strip("[]")))]
    asked.port = int(port or 53)
    return asked
