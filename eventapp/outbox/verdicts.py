"""What the server of whoever received a mail found out about it: the headers of that mail, pasted by a reader
(Authentication-Results, RFC 8601)."""

import re
from dataclasses import dataclass

LONGEST = 50_000
METHODS = ("spf", "dkim", "dmarc")
BEGINS = re.compile(r"(?im)^authentication-results[ \t]*:")
FOLDED = re.compile(r"\r?\n[ \t]+")
COMMENT = re.compile(r"\([^()]{0,500}\)")
RESULT = re.compile(r"(?i)\b(spf|dkim|dmarc)[ \t]*=[ \t]*([a-z]{2,20})\b([^;]{0,1000})")
DOMAIN = re.compile(r"(?i)\b(?:header\.d|header\.i|smtp\.mailfrom|header\.from)[ \t]*=[ \t]*\"?([^\s;\"]{1,255})")
IN_WORDS = {
    "pass": "réussi",
    "fail": "échoué",
    "softfail": "échoué (toléré)",
    "neutral": "sans avis",
    "none": "absent",
    "temperror": "panne passagère",
    "permerror": "enregistrement mal écrit",
    "bestguesspass": "réussi, sans enregistrement",
}


@dataclass(frozen=True)
class Verdict:
    method: str  # "SPF", "DKIM", "DMARC"
    result: str  # « réussi »
    is_fine: bool | None
    domain: str


def read(headers: str) -> list[Verdict]:
    """One verdict for each method, the best of each; none when the headers hold no result."""
    found: dict[str, Verdict] = {}
    for method, result, rest in RESULT.findall(_results(headers[:LONGEST])):
        verdict = _verdict(method.lower(), result.lower(), rest)
        if method.lower() not in found or verdict.is_fine:
            found[method.lower()] = verdict
    return [found[method] for method in METHODS if method in found]


def _results(headers: str) -> str:
    """The values of these headers alone, unfolded and without comments."""
    unfolded = FOLDED.sub(" ", headers.replace("\r\n", "\n"))
    lines = [line[found.end() :] for line in unfolded.split("\n") if (found := BEGINS.match(line))]
    return COMMENT.sub(" ", "; ".join(lines))


def _verdict(method: str, result: str, rest: str) -> Verdict:
    domain = DOMAIN.search(rest)
    is_fine = {"pass": True, "none": None, "neutral": None, "temperror": None}.get(result, False)
    name = domain[1].rpartition("@")[2].lower() if domain else ""
    return Verdict(method.upper(), IN_WORDS.get(result, result), is_fine, name)
