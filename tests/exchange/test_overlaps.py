"""Which sessions can no longer be attended both: found by going through the day once, as if by looking at each pair."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from eventapp.exchange.affected import new_overlaps
from eventapp.exchange.event_file import SessionPart
from tests.factories import STARTS

TENTHS = st.tuples(st.integers(0, 12), st.integers(1, 6))  # when it begins, how long it lasts
DAYS = st.lists(st.tuples(TENTHS, TENTHS), max_size=9)


def part(number: int, begins: int, lasts: int) -> SessionPart:
    starts_at = STARTS + timedelta(minutes=10 * begins)
    ends_at = starts_at + timedelta(minutes=10 * lasts)
    return SessionPart(slug=str(number), title=f"Atelier {number}", starts_at=starts_at, ends_at=ends_at)


def overlap(one: SessionPart, other: SessionPart) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


@given(DAYS)
def test_every_pair_that_begins_to_overlap_is_found_once(hours):
    before = {str(n): part(n, *was) for n, (was, _becomes) in enumerate(hours)}
    after = [part(n, *becomes) for n, (_was, becomes) in enumerate(hours)]
    moved = {one.slug for one in after if one != before[one.slug]}

    found = [frozenset((one.slug, other.slug)) for one, other in new_overlaps(before, after, moved)]

    wanted = {
        frozenset((one.slug, other.slug))
        for one, other in combinations(after, 2)
        if overlap(one, other) and not overlap(before[one.slug], before[other.slug])
    }
    assert (len(found), set(found)) == (len(wanted), wanted)


def test_a_day_as_it_was_gives_nothing():
    sessions = [part(n, n, 6) for n in range(5)]
    before = {one.slug: replace(one) for one in sessions}
    assert new_overlaps(before, sessions, set()) == []
