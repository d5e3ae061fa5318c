"""Event files for tests: a whole small one, and strategies for any."""

from typing import Any

from hypothesis import strategies as st

WHOLE: dict[str, Any] = {
    "format": 1,
    "organisation": {"slug": "sgar-test", "name": "SGAR Test", "region": "32", "email": "contact@sgar.example"},
    "slug": "rencontres-2027",
    "title": "Rencontres 2027",
    "summary": "Une journée.",
    "description": "**Bonjour**\n\nÀ tous.",
    "timezone": "Europe/Paris",
    "starts_at": "2027-01-14T09:00",
    "ends_at": "2027-01-14T17:00",
    "venue": {
        "name": "Préfecture", "address": "12 rue Jean sans Peur", "postcode": "59000", "city": "Lille",
        "latitude": 50.63, "longitude": 3.06, "access": "Métro",
    },
    "contact": {"name": "Jeanne Martin", "phone": "+33323975390", "email": "jeanne@sgar.example"},
    "registration": {
        "audience": "public", "opens_at": "2026-11-01T09:00", "closes_at": "2027-01-07T18:00",
        "capacity": 250, "per_structure": 2, "waiting_list": True, "offer_hours": 48,
    },
    "categories": [{"slug": "agents", "name": "Agents", "capacity": 200}],
    "rooms": [{"slug": "amphi", "name": "Amphithéâtre", "capacity": 250},
              {"slug": "vauban", "name": "Vauban", "capacity": 40}],
    "speakers": [
        {"slug": "jeanne-martin", "civility": "Mme", "first_name": "Jeanne", "last_name": "Martin",
         "function": "secrétaire générale", "organisation": "SGAR", "biography": "*Bio*"},
        {"slug": "luc-petit", "civility": "", "first_name": "Luc", "last_name": "Petit", "function": "",
         "organisation": "", "biography": ""},
    ],
    "sessions": [
        {"slug": "pleniere", "title": "Plénière", "kind": "plenary", "starts_at": "2027-01-14T09:30",
         "ends_at": "2027-01-14T11:00", "room": "amphi", "booking": "none", "capacity": None, "description": "",
         "online_url": "https://visio.example/1",
         "speakers": [{"speaker": "luc-petit", "role": "moderator", "note": ""},
                      {"speaker": "jeanne-martin", "role": "speaker", "note": "sous réserve"}]},
        {"slug": "table-ronde", "title": "Table ronde", "kind": "round_table", "starts_at": "2027-01-14T14:00",
         "ends_at": "2027-01-14T15:30", "room": "vauban", "booking": "required", "capacity": 40, "description": "x",
         "online_url": None, "speakers": []},
    ],
    "choice_required": ["2027-01-14T14:00"],
    "questions": [
        {"slug": "repas", "label": "Déjeunez-vous ?", "kind": "yes_no", "required": True, "choices": [],
         "sensitive": False, "shown_if": None},
        {"slug": "menu", "label": "Menu", "kind": "choice", "required": True, "choices": ["standard", "végétarien"],
         "sensitive": True, "consent": "J’accepte", "kept_days": 3, "shown_if": {"question": "repas", "is": True}},
    ],
    "report": "",
    "status": "published",
}  # fmt: skip

MINIMAL: dict[str, Any] = {
    "format": 1,
    "organisation": {"slug": "sgar-test", "name": "SGAR Test"},
    "slug": "minimal",
    "title": "Minimal",
    "starts_at": "2027-01-14T09:00",
    "ends_at": "2027-01-14T17:00",
}

lines = st.text(max_size=40)
titles = st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs", "Cc")), max_size=40).map(
    lambda t: f"T{t}"
)
places = st.none() | st.integers(0, 1000)
hours = st.integers(0, 22)


def slugged(
    parts: st.SearchStrategy[dict[str, Any]], prefix: str, limit: int
) -> st.SearchStrategy[list[dict[str, Any]]]:
    numbered = st.lists(parts, max_size=limit)
    return numbered.map(lambda found: [part | {"slug": f"{prefix}-{n}"} for n, part in enumerate(found)])


@st.composite
def event_files(draw: st.DrawFn) -> dict[str, Any]:
    """Any valid file of one day, its optional keys sometimes absent."""
    rooms = draw(slugged(st.fixed_dictionaries({"name": titles}, optional={"capacity": places}), "salle", 3))
    speakers = draw(
        slugged(
            st.fixed_dictionaries(
                {"last_name": titles}, optional={"first_name": lines, "function": lines, "biography": lines}
            ),
            "orateur",
            3,
        )
    )
    sessions = draw(st.lists(_sessions(rooms, speakers), max_size=4))
    sessions = [session | {"slug": f"session-{n}"} for n, session in enumerate(sessions)]
    slots = [s["starts_at"] for s in sessions if s["booking"] != "none"]
    file = {
        **MINIMAL,
        "title": draw(titles),
        "rooms": rooms,
        "speakers": speakers,
        "sessions": sessions,
        "choice_required": sorted(set(draw(st.lists(st.sampled_from(slots), max_size=2)))) if slots else [],
        "categories": draw(slugged(st.fixed_dictionaries({"name": titles}, optional={"capacity": places}), "cat", 3)),
    }
    optional = {
        "summary": lines, "description": lines, "report": lines,
        "venue": st.fixed_dictionaries({}, optional={"name": lines, "city": lines, "latitude": st.floats(-90, 90)}),
        "registration": st.fixed_dictionaries({}, optional={
            "audience": st.sampled_from(["public", "invited"]), "capacity": places, "waiting_list": st.booleans()}),
    }  # fmt: skip
    return file | draw(st.fixed_dictionaries({}, optional=optional))


@st.composite
def _sessions(draw: st.DrawFn, rooms: list[dict[str, Any]], speakers: list[dict[str, Any]]) -> dict[str, Any]:
    hour = draw(hours)
    cast = draw(st.lists(st.sampled_from(speakers), unique_by=lambda s: s["slug"], max_size=3)) if speakers else []
    return {
        "title": draw(titles),
        "kind": draw(st.sampled_from(["talk", "meal", "workshop"])),
        "starts_at": f"2027-01-14T{hour:02}:00",
        "ends_at": f"2027-01-14T{hour + 1:02}:00",
        "room": draw(st.sampled_from([room["slug"] for room in rooms]) | st.none()) if rooms else None,
        "booking": draw(st.sampled_from(["none", "optional", "required"])),
        "capacity": draw(places),
        "speakers": [{"speaker": s["slug"], "note": draw(lines)} for s in cast],
    }
