"""A stranger with a stopwatch learns nothing (Mann–Whitney, two-sided, normal approximation)."""

import math
import time

import pytest
from flask.testing import FlaskClient
from flask_security import hash_password

from eventapp.extensions import db
from tests.factories import make_organisation, make_user

KNOWN, UNKNOWN = "jeanne@sgar.example", "jeanne@sgar.invalid"


def p_value(first, second):
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(rank for rank, (_, group) in enumerate(ranked, 1) if group == 0)
    n, m = len(first), len(second)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


def times(app, path, rounds, **data):
    """Seconds per answer for a known and an unknown address, taken in turns."""
    taken = {KNOWN: [], UNKNOWN: []}
    for number in range(rounds * 2):
        address = (KNOWN, UNKNOWN)[number % 2]
        with app.app_context():
            began = time.perf_counter()
            FlaskClient(app).post(path, data={"email": address, **data})
            taken[address].append(time.perf_counter() - began)
    return taken[KNOWN], taken[UNKNOWN]


@pytest.mark.long
@pytest.mark.parametrize(("path", "data"), [("/connexion", {"password": "faux"}), ("/connexion/lien", {})])
def test_known_and_unknown_addresses_take_the_same_time(app, path, data):
    make_user(make_organisation(), email=KNOWN, password=hash_password("quatre mots sans rapport"))
    db.session.commit()
    times(app, path, 5, **data)
    assert p_value(*times(app, path, 200, **data)) > 0.001


def test_the_measure_tells_different_times_apart():
    assert p_value([1 + n / 100 for n in range(50)], [1.3 + n / 100 for n in range(50)]) < 0.001
    assert p_value([n / 100 for n in range(50)], [n / 100 + 0.005 for n in range(50)]) > 0.05
