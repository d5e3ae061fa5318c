"""The public pages and the organiser's, by subject: each module adds its views to one of the two blueprints."""

import eventapp.registrations.views.acts
import eventapp.registrations.views.allocation
import eventapp.registrations.views.allowances
import eventapp.registrations.views.answers
import eventapp.registrations.views.bulk
import eventapp.registrations.views.calendar
import eventapp.registrations.views.calendar_replies
import eventapp.registrations.views.corrections
import eventapp.registrations.views.decisions
import eventapp.registrations.views.desk_wishes
import eventapp.registrations.views.details
import eventapp.registrations.views.export
import eventapp.registrations.views.imports
import eventapp.registrations.views.leaving
import eventapp.registrations.views.merge
import eventapp.registrations.views.moves
import eventapp.registrations.views.offers
import eventapp.registrations.views.parties
import eventapp.registrations.views.personal
import eventapp.registrations.views.questions
import eventapp.registrations.views.requests
import eventapp.registrations.views.session_choice
import eventapp.registrations.views.transfer
import eventapp.registrations.views.waiting_list
import eventapp.registrations.views.wishes  # noqa: F401
