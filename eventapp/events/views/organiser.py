from flask import Blueprint

bp = Blueprint("events_organiser", __name__)
