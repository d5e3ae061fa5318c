"""What must hold after every act, whichever it was. Each takes the world, what was seen before and what is seen now."""

from collections import Counter
from datetime import datetime
from itertools import combinations
from operator import itemgetter
from typing import TYPE_CHECKING

from eventapp.extensions import db
from eventapp.registrations import seats
from eventapp.registrations.models import Registration
from eventapp.registrations.places.limits import places
from eventapp.registrations.sessions.session_places import session_positions
from tests.machine.seen import Seat, Seen

if TYPE_CHECKING:
    from tests.machine.world import World

LIVE = {"waiting", "offered", "confirmed"}
# From which state to which each act of the journal leads; acts that are not named lead nowhere.
WAYS = {
    "created": {("none", "confirmed"), ("none", "waiting")},
    "received": {("none", "confirmed")},
    "promoted": {("waiting", "confirmed")},
    "offered": {("waiting", "offered")},
    "offer_shortened": {("offered", "offered")},
    "offer_accepted": {("offered", "confirmed")},
    "offer_refused": {("offered", "cancelled")},
    "offer_expired": {("offered", "cancelled")},
    "promoted_by_hand": {("waiting", "confirmed"), ("offered", "confirmed")},
    "cancelled": {(state, "cancelled") for state in LIVE},
    "passed_on": {("confirmed", "cancelled")},
    "merged_away": {(state, "cancelled") for state in LIVE},
    "restored": {("cancelled", "confirmed"), ("cancelled", "waiting")},
}
# Which acts each letter tells of.
TOLD_BY = {
    ("confirmed", "waiting"): ("created", "offer_accepted"),
    ("promoted",): ("promoted", "promoted_by_hand"),
    ("offered",): ("offered", "offer_shortened"),
    ("cancelled",): ("cancelled", "offer_refused", "offer_expired"),
    ("passed_on",): ("passed_on",),
    ("received",): ("received",),
    ("restored",): ("restored",),
    ("merged",): ("merged",),
}


def everybody_has_what_is_reckoned(world: "World", _before: Seen, seen: Seen) -> None:
    """Capacity, categories, structures and their exceptions, offers, order of the queue: each state agrees."""
    found = [(one.id, one.state, one.offer_until, one.category, one.structure) for one in seen.people.values()]
    wanted = [(row.id, row.state, row.until, row.category, row.structure) for row in world.reckoning.rows]
    assert found == sorted(wanted, key=itemgetter(0))


def nobody_is_registered_twice(_world: "World", _before: Seen, seen: Seen) -> None:
    live = Counter((one.email, one.name) for one in seen.people.values() if one.state in LIVE)
    assert not live or max(live.values()) == 1


def what_is_told_equals_a_recount(world: "World", _before: Seen, seen: Seen) -> None:
    event, states = world.event, Counter(one.state for one in seen.people.values())
    counted, told = places(event), seats.availability(event, now=world.now)
    holding = [one for one in seen.people.values() if one.state in ("confirmed", "offered")]
    if counted.taken or event.capacity is not None:
        assert {key: n for key, n in counted.taken.items() if n} == Counter(one.category for one in holding)
    most = world.reckoning.limits["event", None]
    assert counted.left == (None if most is None else most - len(holding))
    assert told.waiting == states["waiting"]
    for session_id, counts in seats.session_places(event).items():
        live, capacity = seen.of_session(session_id), world.halls[session_id].capacity
        taken = sum(seat.state != "waiting" for seat in live)
        assert counts.waiting == len(live) - taken
        assert counts.left == (None if capacity is None else max(0, capacity - taken))


def positions_are_those_of_the_queue(_world: "World", before: Seen, seen: Seen) -> None:
    queue = [one.id for one in seen.people.values() if one.state == "waiting"]
    stayed = [number for number, one in before.people.items() if one.state == "waiting" and number in queue]
    assert [number for number in queue if number in stayed] == stayed
    if queue:  # of the last, whose position counts all the others
        last = db.session.get_one(Registration, queue[-1])
        assert seats.position(last) == len(queue)
        for session_id, position in session_positions(last).items():
            waiting = [seat.person for seat in seen.of_session(session_id) if seat.state == "waiting"]
            assert waiting[position - 1] == last.id


def no_seat_is_given_twice(world: "World", before: Seen, seen: Seen) -> None:
    """More than there are only by decision, or as long as the capacity was lowered below them."""
    for session_id, hall in world.halls.items():
        taken, had = (sum(s.state in ("held", "offered") for s in of.of_session(session_id)) for of in (seen, before))
        assert hall.capacity is None or world.is_forced or taken <= max(hall.capacity, had), session_id


def nobody_sits_without_a_place_or_twice_at_once(world: "World", _before: Seen, seen: Seen) -> None:
    for one in seen.people.values():
        live = seen.of_person(one.id)
        held = [world.halls[seat.session] for seat in live if seat.state == "held"]
        assert not any(a.overlaps(b) for a, b in combinations(held, 2)), one.id
        assert one.is_confirmed or not any(seat.state in ("held", "offered") for seat in live), one.id
        assert one.state != "cancelled" or live == [], one.id


def a_seat_is_offered_to_whoever_must_choose(world: "World", _before: Seen, seen: Seen) -> None:
    for seat in seen.seats.values():
        if seat.state == "offered":
            assert seat.offer_until is not None
            assert world.now < seat.offer_until <= latest_answer(world, seat)
            assert clashing(world, seen, seat, "held")
            assert not clashing(world, seen, seat, "offered")


def no_seat_is_free_beside_somebody_who_could_have_it(world: "World", _before: Seen, seen: Seen) -> None:
    for session_id, hall in world.halls.items():
        live = seen.of_session(session_id)
        taken = sum(seat.state != "waiting" for seat in live)
        if hall.capacity is None or taken < hall.capacity:
            assert [seat for seat in live if could_sit(world, seen, seat)] == []


def nobody_is_overtaken_for_a_seat(world: "World", before: Seen, seen: Seen) -> None:
    """Of those who could have had it before the act and still could, none is behind whom the act gave a seat."""
    if world.is_forced:
        return
    for given in seen.seats.values():
        was = before.seats[given.id].state if given.id in before.seats else "waiting"
        if was == "waiting" and given.state in ("held", "offered"):
            ahead = (seat for seat in before.of_session(given.session) if seat.id < given.id)
            passed = [s for s in ahead if could_sit(world, before, s) and could_sit(world, seen, seen.seats[s.id])]
            assert passed == []


def wishes_are_ranked_and_give_no_seat_by_themselves(world: "World", _before: Seen, seen: Seen) -> None:
    assert all(ranks == list(range(1, len(ranks) + 1)) for ranks in seen.ranks.values())
    if world.takes_wishes:
        assert [seat for session_id in list(world.halls)[:3] for seat in seen.of_session(session_id)] == []


def the_journal_tells_every_state(_world: "World", _before: Seen, seen: Seen) -> None:
    """Read from its beginning, row by row, it leads to the states as they are: no change without its row, and no row
    without its change."""
    reached: dict[int, set[str]] = {}
    for entry in seen.acts:
        ways = WAYS.get(entry.act.removeprefix("registration."))
        if entry.kind == "registration" and entry.act.startswith("registration.") and ways:
            came_from = reached.get(entry.subject, {"none"})
            reached[entry.subject] = {to for start, to in ways if start in came_from}
            assert reached[entry.subject], (entry, came_from)
    for one in seen.people.values():
        assert one.state in reached.get(one.id, set()), (one, reached.get(one.id))


def every_change_of_a_seat_is_in_the_journal(_world: "World", before: Seen, seen: Seen) -> None:
    journalled = {entry.subject for entry in seen.news if entry.kind == "registration"}
    for seat in seen.seats.values():
        was = before.seats.get(seat.id)
        if was is None or (was.state, was.person) != (seat.state, seat.person):
            assert seat.person in journalled, (was, seat)


def every_change_has_its_letter(world: "World", before: Seen, seen: Seen) -> None:
    acts = Counter((entry.subject, entry.act) for entry in seen.acts if entry.kind == "registration")
    for one in seen.people:
        for letters, told in TOLD_BY.items():
            sent = sum(seen.letters[one, f"registrations/{letter}"] for letter in letters)
            silent = one in world.untold and "created" in told
            assert sent == sum(acts[one, f"registration.{act}"] for act in told) - silent, (one, letters)
    for seat in seen.seats.values() if not world.is_quiet else ():
        was = before.seats[seat.id].state if seat.id in before.seats else "waiting"
        if was == "waiting" and seat.state in ("held", "offered"):
            assert seat.person in seen.told or seat.person in world.untold, seat


ALL = (
    everybody_has_what_is_reckoned,
    nobody_is_registered_twice,
    what_is_told_equals_a_recount,
    positions_are_those_of_the_queue,
    no_seat_is_given_twice,
    nobody_sits_without_a_place_or_twice_at_once,
    a_seat_is_offered_to_whoever_must_choose,
    no_seat_is_free_beside_somebody_who_could_have_it,
    nobody_is_overtaken_for_a_seat,
    wishes_are_ranked_and_give_no_seat_by_themselves,
    the_journal_tells_every_state,
    every_change_of_a_seat_is_in_the_journal,
    every_change_has_its_letter,
)


def latest_answer(world: "World", seat: Seat) -> datetime:
    return min(world.reckoning.closing, world.halls[seat.session].starts_at)


def clashing(world: "World", seen: Seen, seat: Seat, state: str) -> bool:
    """Whether the same person holds, or is offered, another session of the same hour."""
    others = (other for other in seen.of_person(seat.person) if other.id != seat.id and other.state == state)
    return any(world.halls[other.session].overlaps(world.halls[seat.session]) for other in others)


def could_sit(world: "World", seen: Seen, seat: Seat) -> bool:
    """Whether nothing but its being full keeps the session from whoever waits for it."""
    one = seen.people[seat.person]
    if seat.state != "waiting" or not one.is_confirmed or clashing(world, seen, seat, "offered"):
        return False
    if clashing(world, seen, seat, "held") and world.now >= latest_answer(world, seat):
        return False
    most = world.reckoning.most(("structure", one.structure))
    if most is None or world.halls[seat.session].capacity is None:
        return True
    live = (other for other in seen.of_session(seat.session) if other.state != "waiting")
    return sum(seen.people[other.person].structure == one.structure for other in live) < most
