from flask import Blueprint

bp = Blueprint("outbox", __name__)
organiser_bp = Blueprint("outbox_organiser", __name__)
