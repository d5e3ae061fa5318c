from collections.abc import Iterator

import pytest

from tests.calendars.caldav_server import radicale


@pytest.fixture(scope="session")
def caldav_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A CalDAV server of its own for this process; each person is a user, without password."""
    with radicale(tmp_path_factory.mktemp("radicale")) as url:
        yield url
