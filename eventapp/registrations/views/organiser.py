from flask import Blueprint

bp = Blueprint("registrations_organiser", __name__)
