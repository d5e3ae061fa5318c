"""Why a server did not take our mail for ours, and what to do: one sentence for each guarantee that is missing."""

from collections.abc import Sequence

from eventapp.formats import NBSP
from eventapp.outbox.authentication import Sender, related
from eventapp.outbox.verdicts import Verdict


def explain(verdicts: Sequence[Verdict], sender: Sender) -> list[str]:
    """Nothing where all is in order."""
    found = {verdict.method: verdict for verdict in verdicts}
    said = [_dkim(found.get("DKIM"), sender), _spf(found.get("SPF"), sender), _dmarc(found, sender)]
    return [sentence for sentence in said if sentence]


def counts(verdict: Verdict | None, sender: Sender) -> bool:
    """Whether it vouches for the address that readers see (alignment, RFC 7489 §3.1)."""
    return verdict is not None and verdict.is_fine is True and related(verdict.domain, sender.domain)


def _dkim(verdict: Verdict | None, sender: Sender) -> str:
    signing = f"demandez que le serveur d’envoi signe au nom de {sender.domain} (d={sender.domain})"
    if verdict is None or verdict.is_fine is None:
        return f"DKIM{NBSP}: aucune signature n’a été vérifiée{NBSP}; {signing}."
    if not verdict.is_fine:
        by = f" faite au nom de {verdict.domain}" if verdict.domain else ""
        return (
            f"DKIM{NBSP}: la signature{by} n’est pas valable. La clé publiée n’est pas celle du serveur d’envoi, ou le"
            f" courriel a été modifié en route{NBSP}: vérifiez l’enregistrement DKIM ci-dessus, et {signing}."
        )
    if counts(verdict, sender):
        return ""
    return f"DKIM{NBSP}: {_not_aligned(verdict, sender, 'signé par')}{NBSP}; {signing}."


def _spf(verdict: Verdict | None, sender: Sender) -> str:
    if verdict is None or verdict.is_fine is None:
        return f"SPF{NBSP}: rien n’a été vérifié{NBSP}; publiez l’enregistrement SPF ci-dessus."
    if not verdict.is_fine:
        return (
            f"SPF{NBSP}: le serveur d’envoi n’est pas dans la liste que publie {verdict.domain or sender.envelope}"
            f"{NBSP}; ajoutez-y «{NBSP}{sender.mechanism}{NBSP}», ou le serveur par lequel vos courriels sortent."
        )
    if counts(verdict, sender):
        return ""
    remedy = f"réglez une adresse de retour en {sender.domain}, ou comptez sur DKIM seul"
    return f"SPF{NBSP}: {_not_aligned(verdict, sender, 'l’adresse de retour est en')}{NBSP}; {remedy}."


def _dmarc(found: dict[str, Verdict], sender: Sender) -> str:
    verdict = found.get("DMARC")
    if verdict is not None and verdict.is_fine:
        return ""
    if verdict is None or verdict.is_fine is None:
        return f"DMARC{NBSP}: aucune règle n’a été appliquée{NBSP}; publiez l’enregistrement DMARC ci-dessus."
    if verdict.domain and not related(verdict.domain, sender.domain):
        return f"DMARC{NBSP}: ces en-têtes sont ceux d’un courriel de {verdict.domain}, non de {sender.domain}."
    if counts(found.get("DKIM"), sender) or counts(found.get("SPF"), sender):
        return f"DMARC{NBSP}: échoué bien qu’une garantie vaille pour {sender.domain}{NBSP}: refaites un essai."
    return (
        f"DMARC{NBSP}: échoué parce que ni DKIM ni SPF ne valent pour {sender.domain}, le domaine de l’expéditeur."
        " Corriger l’un des deux suffit, DKIM de préférence."
    )


def _not_aligned(verdict: Verdict, sender: Sender, what: str) -> str:
    return f"{what} {verdict.domain or 'un domaine inconnu'}, au lieu de {sender.domain}, donc sans valeur pour DMARC"
