from flask import Blueprint

bp = Blueprint("agenda_organiser", __name__)
