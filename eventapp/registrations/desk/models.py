"""A file of registrations, kept until it is applied or left."""

from eventapp.spreadsheets.drafts import Draft


class RegistrationImport(Draft):
    __tablename__ = "registration_import"
