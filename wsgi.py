"""`wsgi:app`, for the server and for `flask --app wsgi`."""

import gc
import sys

from eventapp import create_app
from eventapp.calendars.views.unchanged import UnchangedFeeds
from eventapp.config import BadSetting
from eventapp.extensions import db
from eventapp.turns import InTurns
from eventapp.unchanged import Unchanged

try:
    app = create_app()
except BadSetting as refusal:
    print(refusal, file=sys.stderr)
    sys.exit(1)

# What is loaded now stays for good: the collector need not look at it again and again (a tenth of a registration).
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)
sys.setswitchinterval(0.001)
with app.app_context():
    application = UnchangedFeeds(InTurns(app.wsgi_app), db.engine)
app.wsgi_app = Unchanged(application, lambda: app.extensions["page_cache"])  # type: ignore[method-assign]
