"""`flask organisation create` and `flask account create`: how the first people get in."""

import click

from eventapp.accounts import notices, organisations, people
from eventapp.accounts.models import Organisation, Role
from eventapp.clock import utcnow
from eventapp.console import Group
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.network.models import Region
from eventapp.text import slugify


@click.group(cls=Group)
def organisation() -> None:
    """Les organisations (préfectures, SGAR)."""


@organisation.command("create")
@click.option("--name", required=True, help="Exemple : « SGAR Hauts-de-France »")
@click.option("--region", required=True, help="code, nom ou nom court : 32, « Hauts-de-France », hauts-de-france")
@click.option("--email", required=True, help="adresse électronique de contact")
def create_organisation(name: str, region: str, email: str) -> None:
    """Crée une organisation et écrit son nom court, à donner à `account create`."""
    created = organisations.create(name, _region_code(region), email, now=utcnow())
    db.session.commit()
    click.echo(created.slug)


@click.group(cls=Group)
def account() -> None:
    """Les comptes des organisateurs."""


@account.command("create")
@click.argument("email")
@click.option("--organisation", "slug", required=True, help="nom court de l’organisation")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
def create_account(email: str, slug: str, role: str) -> None:
    """Crée un compte et écrit un lien de connexion qui sert une fois, pendant sept jours."""
    now = utcnow()
    found = db.session.scalar(db.select(Organisation).where(Organisation.slug == slug))
    if found is None:
        raise Refused(f"Aucune organisation «\u00a0{slug}\u00a0». Créez-la avec\u00a0: organisation create")
    membership = people.create_account(email, found, Role(role), now=now)
    link = people.issue_sign_in_link(membership.user, now=now, lasts=people.INVITATION_LASTS)
    db.session.commit()
    click.echo(notices.link_url(link))


COMMANDS = (organisation, account)


def _region_code(text: str) -> str:
    wanted = slugify(text)
    regions = db.session.scalars(db.select(Region).order_by(Region.code)).all()
    code = next((region.code for region in regions if wanted in (region.slug, slugify(region.code))), None)
    if code is None:
        known = ", ".join(f"{region.code} {region.name}" for region in regions)
        raise Refused(f"Région «\u00a0{text}\u00a0» inconnue. Régions\u00a0: {known}.")
    return code
