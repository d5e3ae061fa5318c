"""One JSON object per line on standard error: whatever a client sends can never forge a second record."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from flask import Flask, has_request_context, request


def register(app: Flask) -> None:
    if app.testing:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():  # the rule, never the address itself: addresses hold personal tokens
            line["request"] = f"{request.method} {request.url_rule or 'unknown address'}"
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
