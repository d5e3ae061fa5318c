"""Text as people type it: cleaned for storage, folded for search, sort and uniqueness.

Everything takes linear time: each character is folded alone, because normalising a whole string sorts its
combining marks, which takes seconds for a hundred thousand of them.
"""

import re
import unicodedata
from functools import lru_cache

import phonenumbers

HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\uff07"
SPACED = frozenset(HYPHENS + APOSTROPHES)
LIGATURES = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}

# C0, DEL, C1, line and paragraph separators, and half surrogate pairs, which nothing can encode.
CONTROLS = r"\x7f-\x9f\u2028\u2029\ud800-\udfff"
# Marks that would reorder or hide what follows them: embeddings, overrides, isolates, zero-width spaces.
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
ON_ONE_LINE = re.compile(rf"[ \x00-\x1f{CONTROLS}]+")
ON_MANY_LINES = re.compile(rf"[\x00-\x09\x0b-\x1f{CONTROLS}]")
# What may not stand alone or at an end: every space, the joiners, the soft hyphen.
EDGES = "".join(map(chr, [*range(33), 0x85, 0xA0, 0xAD, 0x1680, *range(0x2000, 0x200E), 0x202F, 0x205F, 0x3000]))

LONGEST_ADDRESS = 320
LONGEST_PHONE = 40
OVERSEAS = ("GP", "MQ", "GF", "RE", "YT")


def fold(text: str) -> str:
    """« Saint-Étienne d’Œuf » → « saint etienne d oeuf »; folding again changes nothing."""
    return " ".join("".join(map(_folded, text)).split())


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    if character in SPACED:
        return " "
    letters = _decomposed(_decomposed(character).casefold())
    kept = "".join(c for c in letters if not _is_mark(c))
    spelled = "".join(LIGATURES.get(c, " " if c in SPACED else c) for c in kept)
    # Some single characters stand for a sentence; kept whole, so that a column can be sized.
    return spelled if len(spelled) <= 3 else character


def _decomposed(letters: str) -> str:
    return unicodedata.normalize("NFKD", letters)


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) != 0 or unicodedata.category(character) in (
        "Mn",
        "Me",
        "Cf",
        "Cs",
        "Cc",
    )


def one_line(text: str | None) -> str:
    """For names and titles: controls become spaces, runs of spaces one space, nothing invisible at an end.

    As a filter of a form's field it also meets None: the field was not sent.
    """
    return ON_ONE_LINE.sub(" ", HIDDEN.sub("", text or "")).strip(EDGES)


def many_lines(text: str | None) -> str:
    """For descriptions: lines end with \\n, every other control becomes a space, ends are trimmed; None as above."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return ON_MANY_LINES.sub(" ", HIDDEN.sub("", text)).strip("\n").rstrip(EDGES)


def slugify(text: str, limit: int = 80) -> str:
    """« Rencontre n° 3, l’été » → « rencontre-n-3-l-ete ». Empty when no letter is Latin."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
    if len(slug) <= limit:
        return slug
    return slug[: limit + 1].rpartition("-")[0].strip("-") or slug[:limit]


def fold_email(address: str) -> str:
    """What makes two typed addresses the same one: no ends, no case. Accents stay: another mailbox."""
    return unicodedata.normalize("NFC", one_line(address[:LONGEST_ADDRESS]).lower())


def normal_phone(text: str) -> str:
    """« 03 23 97 53 90 » → « +33323975390 ». ValueError carries the French sentence."""
    written = one_line(text)
    if len(written) <= LONGEST_PHONE:
        for region in ("FR", *OVERSEAS):
            number = _number(written, region)
            if number is not None:
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise ValueError("Ce numéro de téléphone n’est pas valable. Exemple\u00a0: 03 23 97 53 90.")


def _number(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
