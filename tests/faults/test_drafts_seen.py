"""What waits in a draft is seen by the organisation that writes it, and by nobody else at any address."""

import io

import pypdf

from eventapp.exchange import taking, writing
from eventapp.extensions import db
from tests.faults.world import build_two, rules

SECRET = "Annonce sous embargo"


def draft_of(event):
    """A new session in a new room by a new speaker, and the title of one that everyone sees."""
    file = writing.as_dict(taking.take(event))
    session = file["sessions"][0] | {"slug": "embargo", "title": SECRET, "room": "embargo", "description": SECRET}
    session["speakers"] = [{"speaker": "embargo"}]
    shown = [one | {"title": f"{SECRET}, bis"} for one in file["sessions"][:1]] + file["sessions"][1:]
    return {
        "rooms": [*file["rooms"], {"slug": "embargo", "name": SECRET}],
        "speakers": [*file["speakers"], {"slug": "embargo", "last_name": SECRET, "biography": SECRET}],
        "sessions": [*shown, session],
        "choice_required": [],
    }


def test_a_draft_is_seen_by_its_organisation_only(app, client):
    side, other = build_two()
    side.event.draft = draft_of(side.event)
    db.session.commit()
    mine = f"/gestion/evenements/{side.event.slug}"
    for member in (None, other.administrator):
        if member is not None:
            client.sign_in(member)
        for rule in rules(app, method="GET"):
            assert SECRET not in text_of(client.get(side.path(app, rule), buffered=True)), rule
        for kind in ("sessions", "intervenants"):
            assert client.get(f"/evenements/{side.event.slug}/{kind}/embargo").status_code == 404
            assert client.get(f"{mine}/{kind}/embargo").status_code != 200
    client.sign_in(side.organiser)
    for page in ("programme", "brouillon", "sessions/embargo"):
        assert SECRET in text_of(client.get(f"{mine}/{page}")), page


def text_of(answer):
    if answer.mimetype != "application/pdf":
        return answer.get_data(as_text=True).replace("\r\n ", "")
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
