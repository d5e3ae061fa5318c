"""What the tests of invitations share."""

import pytest

from tests.factories import make_event, make_organisation, make_user


@pytest.fixture
def event(client):
    """Of an organiser who is signed in."""
    event = make_event(make_organisation())
    client.sign_in(make_user(event.organisation))
    return event
