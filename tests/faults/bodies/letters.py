"""What the forms about letters and their delivery send."""

from io import BytesIO
from typing import Any

PDF = b"%PDF-1.7\n%%EOF\n"


def letter_file(content: bytes = PDF, filename: str = "plan.pdf") -> tuple[BytesIO, str]:
    return BytesIO(content), filename


BODIES: dict[str, Any] = {
    "letters_organiser.add_file": lambda _side: {"file": letter_file()},
    "letters_organiser.letter": lambda _side: {"subject": "Venez", "body": "Bonjour {prenom}, {lien}"},
    "letters_organiser.preview": lambda _side: {"subject": "Venez", "body": "Bonjour {prenom}, {lien}"},
    "letters_organiser.speak": lambda _side: {"wording": "convocation"},
    "letters_organiser.test": lambda _side: {"subject": "Venez", "body": "Bonjour {prenom}, {lien}"},
    "outbox_organiser.read_headers": lambda _side: {"headers": "Authentication-Results: mx.example; spf=pass"},
}  # fmt: skip
