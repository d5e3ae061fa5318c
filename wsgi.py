"""`wsgi:app`, for the server and for `flask --app wsgi`."""

import gc
import sys

from eventapp import create_app
from eventapp.config import BadSetting

try:
    app = create_app()
except BadSetting as refusal:
    print(refusal, file=sys.stderr)
    sys.exit(1)

# What is loaded now stays for good: the collector need not look at it again and again (a tenth of a registration).
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)
# Whoever holds an event's lock asks some fifteen questions; after each, a thread that only computes may keep it waiting
# this long (seconds).
sys.setswitchinterval(0.001)
