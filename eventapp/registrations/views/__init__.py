"""The public pages and the organiser's, by subject: each module adds its views to one of the two blueprints."""

import eventapp.registrations.views.acts
import eventapp.registrations.views.allowances
import eventapp.registrations.views.corrections
import eventapp.registrations.views.export
import eventapp.registrations.views.merge
import eventapp.registrations.views.offers
import eventapp.registrations.views.personal
import eventapp.registrations.views.questions
import eventapp.registrations.views.session_choice
import eventapp.registrations.views.waiting_list  # noqa: F401
