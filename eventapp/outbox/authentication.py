"""Whether the world can tell that our mail is ours: what the sender's domain should publish (SPF, RFC 7208; DKIM,
RFC 6376; DMARC, RFC 7489), and whether what it vouches for is the address that readers see (alignment)."""

import re
from dataclasses import dataclass

from eventapp.outbox.dns_lookup import DnsUnavailable, LookUp

HASH = re.compile(r"[^A-Za-z0-9+/=]")


@dataclass(frozen=True, kw_only=True)
class Sender:
    """`domain`: of the address that readers see. `envelope`: of the return address, for which SPF vouches."""

    address: str
    domain: str
    envelope: str
    mechanism: str  # the SPF term that stands for our mail server
    dkim_selector: str
    dkim_key: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """One TXT record to publish. `found`: what is published there; None when nobody has looked. `verdict` says whether
    that suits, in French; `is_fine` is None when nobody can tell."""

    what: str
    name: str
    value: str
    why: str
    found: tuple[str, ...] | None = None
    is_fine: bool | None = None
    verdict: str = ""


@dataclass(frozen=True)
class Alignment:
    what: str
    is_fine: bool | None
    verdict: str


def records(sender: Sender, look_up: LookUp | None = None) -> list[Record]:
    """The three records; with `look_up`, what the DNS says of each."""
    return [_spf(sender, look_up), _dkim(sender, look_up), _dmarc(sender, look_up)]


def alignments(sender: Sender) -> list[Alignment]:
    """What DMARC will compare with the address that readers see (RFC 7489 §3.1)."""
    is_same = related(sender.envelope, sender.domain)
    spf = f"L’adresse de retour est du domaine {sender.envelope}, " + (
        "comme l’expéditeur\u00a0: SPF compte." if is_same else f"étranger à {sender.domain}\u00a0: SPF ne compte pas."
    )
    dkim = f"La signature doit être faite au nom de {sender.domain} (d={sender.domain}) pour compter."
    return [Alignment("SPF", is_same, spf), Alignment("DKIM", None, dkim)]


def related(one: str, other: str) -> bool:
    """Relaxed alignment, as far as it can be told without a list of public suffixes: equal, or one below the other."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _spf(sender: Sender, look_up: LookUp | None) -> Record:
    record = Record(
        what="SPF",
        name=sender.envelope,
        value=f"v=spf1 {sender.mechanism} ~all",
        why="Dit quels serveurs envoient au nom de ce domaine.",
    )
    found, trouble = _texts(look_up, sender.envelope, "v=spf1")
    if found is None:
        return _with(record, None, None, trouble)
    if not found:
        return _with(record, found, False, "Aucun enregistrement SPF n’est publié.")
    if len(found) > 1:
        return _with(
            record, found, False, "Plusieurs enregistrements SPF\u00a0: il n’en faut qu’un, sinon aucun ne compte."
        )
    terms = found[0].split()
    if sender.mechanism.lower() in (term.lower().lstrip("+") for term in terms):
        return _with(record, found, True, "Notre serveur d’envoi y est.")
    value = " ".join([*terms[:1], sender.mechanism, *terms[1:]])
    missing = f"«\u00a0{sender.mechanism}\u00a0» n’y est pas"
    verdict = f"{missing}\u00a0: ajoutez-le, à moins qu’un autre terme ne couvre notre serveur d’envoi."
    return _with(record, found, False, verdict, value=value)


def _dkim(sender: Sender, look_up: LookUp | None) -> Record:
    selector = sender.dkim_selector or "sélecteur"
    record = Record(
        what="DKIM",
        name=f"{selector}._domainkey.{sender.domain}",
        value=f"v=DKIM1; k=rsa; p={sender.dkim_key or 'clé publique donnée par le serveur d’envoi'}",
        why="Donne la clé avec laquelle le serveur d’envoi signe chaque courriel.",
    )
    if not sender.dkim_selector:
        return _with(record, None, None, "Demandez au service qui tient le serveur d’envoi son sélecteur et sa clé.")
    found, trouble = _texts(look_up, record.name, "")
    if found is None:
        return _with(record, None, None, trouble)
    keys = [_tags(text).get("p", "") for text in found if "p" in _tags(text)]
    if not keys:
        return _with(record, found, False, "Aucune clé n’est publiée sous ce nom.")
    if keys[0] == "":
        return _with(record, found, False, "La clé publiée est révoquée (p= vide).")
    if sender.dkim_key and HASH.sub("", keys[0]).rstrip("=") != sender.dkim_key.rstrip("="):
        return _with(record, found, False, "La clé publiée n’est pas celle du serveur d’envoi.")
    words = "La clé publiée est celle du serveur d’envoi." if sender.dkim_key else "Une clé est publiée."
    return _with(record, found, True, words)


def _dmarc(sender: Sender, look_up: LookUp | None) -> Record:
    record = Record(
        what="DMARC",
        name=f"_dmarc.{sender.domain}",
        value=f"v=DMARC1; p=none; rua=mailto:{sender.address}",
        why="Dit quoi faire des courriels que ni SPF ni DKIM ne garantissent, et à qui en rendre compte.",
    )
    labels = sender.domain.split(".")
    for above in [".".join(labels[n:]) for n in range(max(1, len(labels) - 1))]:
        found, trouble = _texts(look_up, f"_dmarc.{above}", "v=dmarc1")
        if found is None:
            return _with(record, None, None, trouble)
        if found:
            return _judged_dmarc(record, found, above)
    return _with(
        record, (), False, "Aucune règle DMARC n’est publiée\u00a0: des serveurs refusent alors les envois en nombre."
    )


def _judged_dmarc(record: Record, found: tuple[str, ...], domain: str) -> Record:
    policy = _tags(found[0]).get("p", "").lower()
    if len(found) > 1 or policy not in ("none", "quarantine", "reject"):
        return _with(
            record, found, False, "La règle publiée n’est pas valable (une seule, avec p=none, quarantine ou reject)."
        )
    does = {
        "none": "observe seulement",
        "quarantine": "met à l’écart ce qui est douteux",
        "reject": "refuse ce qui est douteux",
    }
    return _with(record, found, True, f"La règle de {domain} {does[policy]} (p={policy}).")


def _texts(look_up: LookUp | None, name: str, begins: str) -> tuple[tuple[str, ...] | None, str]:
    """The texts published there that begin so; None and why when nobody can tell."""
    if look_up is None:
        return None, ""
    try:
        return tuple(text for text in look_up(name) if text.lower().startswith(begins)), ""
    except DnsUnavailable as trouble:
        return None, str(trouble)


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


def _with(record: Record, found: tuple[str, ...] | None, is_fine: bool | None, verdict: str, value: str = "") -> Record:
    facts = {"what": record.what, "name": record.name, "why": record.why, "value": value or record.value}
    return Record(**facts, found=found, is_fine=is_fine, verdict=verdict)
