"""What is said of each of several people after an act. It travels in a cookie, and their names are as long as they
like: what a cookie does not hold is counted."""

import json
from collections.abc import Sequence

from flask import flash

from eventapp.formats import plural

MOST_NAMED = 20
MOST_BYTES = 2_400  # of what browsers and proxies let pass, less what the session holds besides


def say_each(sentences: Sequence[str], others: tuple[str, str]) -> None:
    """`others`: how the rest is called, one or many."""
    left, said = MOST_BYTES, 0
    for sentence in sentences[:MOST_NAMED]:
        left -= len(json.dumps(sentence))
        if left < 0:
            break
        flash(sentence, "warning")
        said += 1
    if said < len(sentences):
        flash(f"{plural(len(sentences) - said, *others)}.", "warning")
