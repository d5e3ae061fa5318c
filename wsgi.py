"""`wsgi:app`, for the server and for `flask --app wsgi`."""

import sys

from eventapp import create_app
from eventapp.config import BadSetting

try:
    app = create_app()
except BadSetting as refusal:
    print(refusal, file=sys.stderr)
    sys.exit(1)
