"""Lists by key: a page costs the same at the beginning and at the end of 100,000 rows.

The address carries `apres` or `avant`: the sort values of the last or first row shown, as JSON in base64url.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_

from eventapp.extensions import db

Row = TypeVar("Row")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Order:
    """One way to sort: columns (the last one unique, none nullable), and how to read them from a row."""

    columns: Sequence[Any]
    values: Callable[[Any], Sequence[Any]]
    descending: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: list[Row]
    before: str | None  # `avant` of the previous page
    after: str | None  # `apres` of the next page

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page(
    query: "Select[Row]",
    order: Order,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Row]:
    """The rows after (or before) a key. A key that is not ours is ignored: the first page comes."""
    key = decode(after or before, order.columns)
    backwards = before is not None and after is None and key is not None
    if key is not None:
        query = query.where(_beyond(order.columns, key, descending=order.descending != backwards))
    query = query.order_by(None).order_by(
        *(c.desc() if order.descending != backwards else c.asc() for c in order.columns)
    )
    rows = list(db.session.scalars(query.limit(size + 1)).unique())
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page(rows, None, None)
    has_previous = more if backwards else key is not None
    has_next = True if backwards else more
    return Page(
        rows,
        encode(order.values(rows[0])) if has_previous else None,
        encode(order.values(rows[-1])) if has_next else None,
    )


def encode(values: Sequence[Any]) -> str:
    plain = [{"t": v.isoformat()} if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def decode(text: str | None, columns: Sequence[Any]) -> list[Any] | None:
    """The key, if each value is of its column's type; None for anything else that somebody typed."""
    if not text or len(text) > 2_000:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(columns):
            return None
        return [_value(v, c.type.python_type) for v, c in zip(values, columns, strict=True)]
    except (ValueError, OverflowError, binascii.Error, KeyError, TypeError, RecursionError):
        return None


def _value(value: Any, kind: Any) -> Any:
    if isinstance(value, dict):
        value = datetime.fromisoformat(value["t"])
    if type(value) is not kind or (kind is datetime and value.tzinfo is None):
        raise ValueError("not of the column's type")
    if (kind is str and "\0" in value) or (kind is int and abs(value) >= 2**31):
        raise ValueError("not a value that a database holds")
    if kind is str:
        value.encode()  # half a surrogate pair is no text
    return value.astimezone(UTC) if kind is datetime else value  # which may leave the calendar's years


def _beyond(columns: Sequence[Any], key: Sequence[Any], *, descending: bool) -> ColumnElement[bool]:
    """(a, b) beyond (x, y), written as a > x OR (a = x AND b > y): both databases use their index."""
    alternatives = []
    for n, column in enumerate(columns):
        beyond = column < key[n] if descending else column > key[n]
        alternatives.append(and_(*(columns[i] == key[i] for i in range(n)), beyond))
    return or_(*alternatives)
