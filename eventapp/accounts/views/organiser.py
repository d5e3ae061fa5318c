from flask import Blueprint

bp = Blueprint("accounts_organiser", __name__)
