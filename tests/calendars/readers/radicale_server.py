"""Radicale, a CalDAV server: each entry is put as one resource and read back from the server's own copy."""

import re

import radicale
import radicale.config
from werkzeug.test import Client

from tests.calendars.readers import vobject_reader

OWNER = {"REMOTE_USER": "u"}


def read(content, folder):
    configuration = radicale.config.load()
    settings = {
        "storage": {"filesystem_folder": str(folder)},
        "auth": {"type": "remote_user"},
        "logging": {"level": "critical"},
    }
    configuration.update(settings, "tests", privileged=True)
    server = Client(radicale.Application(configuration))
    assert server.open("/u/cal/", method="MKCALENDAR", environ_base=OWNER).status_code == 201
    # RFC 4791, 4.1: one UID is one resource, without METHOD.
    content = re.sub(rb"(?m)^METHOD:.*\r\n", b"", content)
    start, *entries = re.split(rb"(?m)(?=^BEGIN:VEVENT\r$)", content.removesuffix(b"END:VCALENDAR\r\n"))
    return [_put(server, number, start + entry + b"END:VCALENDAR\r\n") for number, entry in enumerate(entries)]


def _put(server, number, resource):
    address = f"/u/cal/{number}.ics"
    answer = server.put(address, data=resource, content_type="text/calendar; charset=utf-8", environ_base=OWNER)
    assert answer.status_code == 201, answer.text
    (entry,) = vobject_reader.read(server.get(address, environ_base=OWNER).data)
    return entry
