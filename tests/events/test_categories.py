import pytest

from eventapp.events import categories
from tests.factories import NOW, make_category, make_event


def names(event):
    return [category.name for category in event.categories]


def test_categories_come_in_the_order_of_adding():
    event = make_event()
    for name in ("Agents", "Élus"):
        categories.add(event, name=name, capacity=None, now=NOW, by=None)
    assert names(event) == ["Agents", "Élus"]
    assert [c.slug for c in event.categories] == ["agents", "elus"]


def test_the_same_name_is_refused_whatever_its_accents():
    event = make_event()
    make_category(event, name="Élus")
    with pytest.raises(categories.NameTaken):
        categories.add(event, name="elus", capacity=None, now=NOW, by=None)


def test_a_category_moves_up():
    event = make_event()
    make_category(event, name="Un")
    second = make_category(event, name="Deux")
    categories.move_up(second, now=NOW)
    assert names(event) == ["Deux", "Un"]
    categories.move_up(second, now=NOW)
    assert names(event) == ["Deux", "Un"]


def test_a_category_changes_its_name_and_share():
    category = make_category(make_event(), name="Agents")
    categories.edit(category, name="Agents et conseillers", capacity=20, now=NOW, by=None)
    assert (category.name, category.capacity, category.event.revision) == ("Agents et conseillers", 20, 2)


@pytest.mark.both_databases
def test_an_unused_category_can_be_removed():
    event = make_event()
    category = make_category(event)
    categories.remove(category, now=NOW, by=None)
    assert names(event) == []
