from flask import Blueprint

bp = Blueprint("invitations_organiser", __name__)
