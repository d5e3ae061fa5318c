"""Form fields for local dates and times; the choice between two equal hours appears only when it is needed."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange

from eventapp.errors import Refused
from eventapp.events import local_times
from eventapp.formats import french_date, french_time


def choices_of(words: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


def decision(label: str, answers: Mapping[str, str]) -> RadioField:
    """Asked on a page that a letter leads to: scanners of mail press its button, so nothing is chosen beforehand."""
    checks = [InputRequired("Choisissez l’une des deux réponses.")]
    return RadioField(label, choices=choices_of(answers), validators=checks)


class DayField(DateField):
    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([text.strip()[:40] for text in valuelist])
        except ValueError:
            raise ValueError("Cette date n’est pas valable. Exemple\u00a0: 14/01/2027.") from None


class HourField(TimeField):
    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(["".join(text.split())[:40] for text in valuelist])
        except ValueError:
            raise ValueError("Cette heure n’est pas valable. Exemple\u00a0: 09:30.") from None


class OffsetField(RadioField):
    """Without choices until its local time turns out to exist twice."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, choices=[], validate_choice=False, **kwargs)

    def offer(self, offsets: tuple[str, ...]) -> None:
        words = ("avant le changement d’heure (heure d’été)", "après le changement d’heure (heure d’hiver)")
        pairs = zip(offsets, words[: len(offsets)], strict=True)
        self.choices = [SelectChoice(offset, f"{word}, UTC{offset}") for offset, word in pairs]


class Between(NumberRange):
    """As NumberRange, silent about what is no number: its field has said so."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data is not None:
            super().__call__(form, field)


class CountField(IntegerField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(["".join(text.split())[:20] for text in valuelist])
        except ValueError:
            raise ValueError("Saisissez un nombre entier. Exemple\u00a0: 200.") from None


def read_moment(form: Any, name: str, zone: str) -> datetime | None:
    """The instant of fields `<name>_date`, `<name>_time`, `<name>_offset`; what is wrong is said at the field."""
    day, hour, offset = (form[f"{name}_{part}"] for part in ("date", "time", "offset"))
    if day.errors or hour.errors:
        return None
    if day.data is None or hour.data is None:
        if day.data is not None or hour.data is not None:
            _complain(hour if hour.data is None else day, "La date et l’heure vont ensemble.")
        return None
    try:
        return local_times.parse_local(day.data, hour.data, zone, offset=offset.data or None)
    except local_times.RepeatedTime as refusal:
        offset.offer(refusal.offsets)
        _complain(offset, str(refusal))
    except local_times.WrongOffset:
        return _without_offset(hour, offset, day.data, hour.data, zone)
    except Refused as refusal:
        _complain(hour if isinstance(refusal, local_times.SkippedTime) else day, str(refusal))
    return None


def show_moment(moment: datetime | None, name: str, zone: str) -> dict[str, Any]:
    """The values of the three fields for a stored instant."""
    if moment is None:
        return {}
    text = local_times.to_iso(moment, zone)
    local = datetime.fromisoformat(text[:16])
    return {f"{name}_date": local.date(), f"{name}_time": local.time(), f"{name}_offset": _offset_in(text)}


def offer_if_repeated(form: Any, name: str, zone: str) -> None:
    """On a form that shows a stored instant: both hours, so that the choice made is visible."""
    day, hour, offset = (form[f"{name}_{part}"] for part in ("date", "time", "offset"))
    if isinstance(day.data, date) and isinstance(hour.data, time):
        try:
            local_times.parse_local(day.data, hour.data, zone)
        except local_times.RepeatedTime as refusal:
            offset.offer(refusal.offsets)
        except Refused:
            return


def in_words(field: Any) -> str:
    """A field's value as a person reads it."""
    value = field.data
    if isinstance(field, BooleanField):
        return "oui" if value else "non"
    if isinstance(field, SelectField | RadioField):
        options: list[Any] = list(field.choices or ())
        return next((str(option.label) for option in options if option.value == value), str(value or "vide"))
    if isinstance(value, time):
        return french_time(datetime.combine(date.min, value))
    return french_date(value) if isinstance(value, date) else str(value or "vide")


def _without_offset(hour: Any, offset: Any, day: date, time_of_day: time, zone: str) -> datetime | None:
    """An offset chosen for an hour that was then changed: it no longer counts."""
    offset.data = None
    try:
        return local_times.parse_local(day, time_of_day, zone)
    except local_times.RepeatedTime as refusal:
        offset.offer(refusal.offsets)
        _complain(offset, str(refusal))
    except Refused as refusal:
        _complain(hour, str(refusal))
    return None


def _offset_in(text: str) -> str | None:
    return text[16:] or None


def _complain(field: Any, sentence: str) -> None:
    field.errors = [*field.errors, sentence]
