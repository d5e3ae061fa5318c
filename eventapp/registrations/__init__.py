from eventapp.registrations import party_models as party_models  # a table that Registration refers to
