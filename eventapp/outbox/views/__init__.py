"""The demonstration's mail and the returned mail, an event's letters, the sender's domain: each module adds its views
to one of the two blueprints."""

import eventapp.outbox.views.anew
import eventapp.outbox.views.domain  # noqa: F401
