"""Sentences for an organiser whose new limits are below what is taken: nobody loses a place."""

from eventapp.events.models import Event
from eventapp.formats import fr_number
from eventapp.registrations.limits import places


def over_capacity(event: Event) -> list[str]:
    taken = places(event).taken
    limits = [("L’événement", event.capacity, taken.total())]
    limits += [(f"La catégorie «\u00a0{c.name}\u00a0»", c.capacity, taken[c.id]) for c in event.categories]
    return [
        f"{what} a maintenant {fr_number(capacity)} places pour {fr_number(count)} occupées. Personne ne perd "
        "la sienne\u00a0: la liste d’attente reprendra quand le nombre d’inscrits sera redescendu."
        for what, capacity, count in limits
        if capacity is not None and count > capacity
    ]
