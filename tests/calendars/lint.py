"""What the bytes of a calendar must be, which lenient readers do not check (RFC 5545, 3.1)."""

import re


def faults(content):
    """Sentences; none when the file is well made."""
    found = []
    if re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        found.append("a line does not end with CRLF")
    if not content.startswith(b"BEGIN:VCALENDAR\r\n") or not content.endswith(b"\r\nEND:VCALENDAR\r\n"):
        found.append("not one whole VCALENDAR")
    for line in content.split(b"\r\n"):
        if len(line) > 75:
            found.append(f"{len(line)} octets: {line!r}")
        try:
            text = line.decode()
        except UnicodeDecodeError:
            found.append(f"folded inside a character: {line!r}")
            continue
        if re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]", text.removeprefix("\t")):
            found.append(f"control character: {line!r}")
    return found + [f"not a property: {line}" for line in lines(content) if not PROPERTY.fullmatch(line)]


VALUE = '(?:"[^"]*"|[^";:,]*)'
PROPERTY = re.compile(rf"[A-Z0-9-]+(?:;[A-Z-]+={VALUE}(?:,{VALUE})*)*:.*")


def lines(content):
    """Unfolded content lines."""
    return content.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def names(content):
    """The names of the properties, in order: what an injection would change."""
    return [re.match("[A-Z0-9-]*", line)[0] for line in lines(content)]
