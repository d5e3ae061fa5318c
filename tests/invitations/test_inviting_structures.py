import pytest

from eventapp.formats import person as name_of
from eventapp.invitations import delegating
from eventapp.invitations.models import GuestKind, GuestState
from tests.factories import NOW, make_event, make_structure, make_user


def test_a_structure_is_a_guest_with_places_and_a_mailbox(outbox):
    event, laon = make_event(), make_structure(name="France services de Laon")

    guest = delegating.invite_structure(event, laon, 3, "laon@france-services.example", NOW, make_user())

    assert (guest.kind, guest.places, guest.structure, guest.email) == (
        GuestKind.STRUCTURE,
        3,
        laon,
        "laon@france-services.example",
    )
    assert name_of(guest) == "France services de Laon"
    assert guest.state is GuestState.NOT_INVITED
    assert outbox() == []


def test_a_structure_is_on_the_list_once():
    event, laon = make_event(), make_structure()
    delegating.invite_structure(event, laon, 3, "laon@france-services.example", NOW, None)

    with pytest.raises(delegating.AlreadyInvited):
        delegating.invite_structure(event, laon, 1, "autre@france-services.example", NOW, None)


@pytest.mark.parametrize("places", [-1, 0, delegating.MOST_PLACES + 1])
def test_a_structure_has_at_least_a_place(places):
    with pytest.raises(delegating.OddPlaces):
        delegating.invite_structure(make_event(), make_structure(), places, "laon@france-services.example", NOW, None)
