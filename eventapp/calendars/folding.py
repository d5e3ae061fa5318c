"""A component as bytes, as the library writes it, in half of its time: it folds lines character by character."""

from icalendar import Component

MOST = 74  # octets of a line, and of what follows the space of the next ones
ESCAPES = b"\\^"  # never parted from what they escape: some readers fail


def written(component: Component) -> bytes:
    return b"\r\n".join(fold(line.encode()) for line in component.content_lines() if line) + b"\r\n"


def fold(line: bytes) -> bytes:
    """Between characters (RFC 5545, section 3.1)."""
    if len(line) <= MOST:
        return line
    pieces, start = [], 0
    while len(line) - start > MOST:
        end = start + MOST
        while line[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        if line[end - 1] in ESCAPES and end - 1 > start:
            end -= 1
        pieces.append(line[start:end])
        start = end
    return b"\r\n ".join((*pieces, line[start:]))
