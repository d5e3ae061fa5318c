"""Reading the environment: each reader refuses an odd value, naming the variable and an example."""

from collections.abc import Mapping

from eventapp.addresses import normal_email

Environment = Mapping[str, str]


class BadSetting(Exception):
    """The sentence says which variable, why, and gives an example."""


def words(environ: Environment, name: str) -> str:
    return environ.get(name, "").strip()


def several(environ: Environment, name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())


def flag(environ: Environment, name: str, default: bool = False) -> bool:
    value = words(environ, name).lower()
    if not value:
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise BadSetting(f"{name}={value!r} n’est ni vrai ni faux. Exemple : {name}=1")


def number(environ: Environment, name: str, default: int, low: int, high: int) -> int:
    value = words(environ, name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise BadSetting(f"{name}={value!r} n’est pas un nombre entre {low} et {high}. Exemple : {name}={default}")
    return int(value)


def address(environ: Environment, name: str, example: str) -> str:
    """An address of electronic mail, or nothing."""
    value = words(environ, name)
    try:
        return normal_email(value) if value else ""
    except ValueError:
        raise BadSetting(f"{name}={value!r} n’est pas une adresse. Exemple : {name}={example}") from None
