"""Folded as the library folds, byte for byte."""

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from eventapp.calendars.entries import Text
from eventapp.calendars.folding import fold, written

ANY = st.text(st.sampled_from("aé€😀\\^;, «"), max_size=400)


@given(ANY, ANY)
def test_any_text_is_folded_as_the_library_does(title: str, details: str) -> None:
    entry = icalendar.Event()
    entry.add("summary", Text(title))
    entry.add("description", Text(details), parameters={"LANGUAGE": "fr"})
    assert written(entry) == entry.to_ical()


@given(ANY)
def test_no_line_is_longer_than_75_octets_and_none_is_lost(text: str) -> None:
    folded = fold(text.encode())
    assert all(len(line) <= 75 and line.decode() is not None for line in folded.split(b"\r\n"))
    assert folded.replace(b"\r\n ", b"").decode() == text
