"""Read one JSON object key by key; what is wrong is noted with its path and reading goes on."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from eventapp.addresses import normal_email
from eventapp.events import local_times
from eventapp.exchange.faults import Fault, path_of
from eventapp.text import many_lines, normal_phone, one_line

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 80
LONGEST_MARKDOWN = 50_000
LARGEST_NUMBER = 1_000_000
SOME_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # stands for a time already reported as a fault

TIME_FAULTS: dict[type[Exception], str] = {
    local_times.NotATime: "not a local time",
    local_times.YearOutOfRange: "year out of range",
    local_times.SkippedTime: "this local time does not exist",
    local_times.RepeatedTime: "ambiguous local time, give its offset",
    local_times.WrongOffset: "offset not of this time zone",
}

Member = TypeVar("Member", bound=StrEnum)


class Cursor:
    """One object of the file. After a fault a harmless value is returned: the file will be refused anyway."""

    def __init__(self, value: Any, path: str, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.seen: set[str] = set()
        self.is_object = isinstance(value, dict)
        self.value: dict[str, Any] = value if self.is_object else {}
        if not self.is_object:
            self.faults.append(Fault(path, "not an object"))

    def fault(self, key: str, reason: str, **values: Any) -> None:
        self.faults.append(Fault(path_of(self.path, key), reason, values))

    def has(self, key: str, *, required: bool) -> bool:
        """Whether there is something to read; null counts as absent. What is no object lacks nothing else."""
        self.seen.add(key)
        present = self.value.get(key) is not None
        if required and not present and self.is_object:
            self.fault(key, "missing")
        return present

    def text(self, key: str, limit: int, *, required: bool = False) -> str:
        return self._text(key, one_line, limit, required)

    def markdown(self, key: str) -> str:
        return self._text(key, many_lines, LONGEST_MARKDOWN, False)

    def slug(self, key: str, *, required: bool = True) -> str:
        text = self._text(key, str, LONGEST_SLUG, required)
        if text and not SLUG.fullmatch(text):
            self.fault(key, "not a slug")
        return text

    def email(self, key: str) -> str:
        text = self.text(key, 320)
        if not text:
            return ""
        try:
            return normal_email(text)
        except ValueError:
            self.fault(key, "not an e-mail address")
            return ""

    def phone(self, key: str) -> str:
        text = self.text(key, 40)
        try:
            return normal_phone(text) if text else ""
        except ValueError:
            self.fault(key, "not a telephone number")
            return ""

    def link(self, key: str) -> str | None:
        text = self.text(key, 500)
        if text and not _is_web_address(text):
            self.fault(key, "not a web address")
        return text or None

    def number(self, key: str, low: int = 0, high: int = LARGEST_NUMBER) -> int | None:
        if not self.has(key, required=False):
            return None
        value = self.value[key]
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(key, "not a whole number")
        elif not low <= value <= high:
            self.fault(key, "not between {low} and {high}", low=low, high=high)
        else:
            return value
        return None

    def degrees(self, key: str, limit: int) -> float | None:
        if not self.has(key, required=False):
            return None
        value = self.value[key]
        if not isinstance(value, int | float) or isinstance(value, bool):
            self.fault(key, "not a number")
        elif not -limit <= value <= limit:
            self.fault(key, "not between {low} and {high}", low=-limit, high=limit)
        else:
            return float(value)
        return None

    def flag(self, key: str, default: bool) -> bool:
        if not self.has(key, required=False):
            return default
        value = self.value[key]
        if not isinstance(value, bool):
            self.fault(key, "not true or false")
            return default
        return value

    def choice(self, key: str, kind: type[Member], default: Member) -> Member:
        if not self.has(key, required=False):
            return default
        try:
            return kind(self.value[key])
        except (ValueError, TypeError):
            self.fault(key, "not one of {values}", values=", ".join(kind))
            return default

    def moment(self, key: str, zone: str, *, required: bool = False) -> datetime | None:
        if not self.has(key, required=required):
            return None
        return self.moment_of(key, self.value[key], zone)

    def moment_of(self, key: str, value: Any, zone: str) -> datetime | None:
        if not isinstance(value, str):
            self.fault(key, "not a local time")
            return None
        try:
            return local_times.parse_iso(value, zone)
        except tuple(TIME_FAULTS) as refusal:
            self.fault(key, TIME_FAULTS[type(refusal)])
            return None

    def span(self, zone: str) -> tuple[datetime, datetime]:
        starts_at = self.moment("starts_at", zone, required=True)
        ends_at = self.moment("ends_at", zone, required=True)
        if starts_at is not None and ends_at is not None:
            self.refuse_disorder(starts_at, ends_at, "starts_at", "ends_at")
        return starts_at or SOME_MOMENT, ends_at or SOME_MOMENT

    def refuse_disorder(self, first: datetime, second: datetime, first_key: str, second_key: str) -> None:
        if second < first:
            self.fault(second_key, f"before {first_key}")
        elif second == first:
            self.fault(second_key, f"equal to {first_key}")

    def refuse_doubles(self, key: str, slugs: Iterable[str], name: str = "slug") -> None:
        seen: set[str] = set()
        for index, slug in enumerate(slugs):
            if slug and slug in seen:
                self.fault(f"{key}[{index}].{name}", "used twice")
            seen.add(slug)

    def part(self, key: str, *, required: bool = False) -> "Cursor":
        value = self.value[key] if self.has(key, required=required) else {}
        return Cursor(value, path_of(self.path, key), self.faults)

    def items(self, key: str, limit: int) -> list[Any]:
        if not self.has(key, required=False):
            return []
        value = self.value[key]
        if not isinstance(value, list):
            self.fault(key, "not a list")
            return []
        if len(value) > limit:
            self.fault(key, "more than {limit} items", limit=limit)
            return []
        return value

    def parts(self, key: str, limit: int) -> list["Cursor"]:
        path = path_of(self.path, key)
        return [Cursor(item, path_of(path, index), self.faults) for index, item in enumerate(self.items(key, limit))]

    def end(self) -> None:
        """A key that nobody read is a slip of the pen: refused, so that « capactiy » is never silently ignored."""
        for key in self.value.keys() - self.seen:
            self.fault(key, "unknown key")

    def _text(self, key: str, cleaned: Any, limit: int, required: bool) -> str:
        if not self.has(key, required=required):
            return ""
        value = self.value[key]
        if not isinstance(value, str):
            self.fault(key, "not a text")
            return ""
        text: str = cleaned(value)
        if len(text) > limit:
            self.fault(key, "longer than {limit} characters", limit=limit)
            return ""
        if required and not text:
            self.fault(key, "empty")
        return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        return False
