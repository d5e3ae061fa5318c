from flask import Blueprint

bp = Blueprint("network_organiser", __name__)
