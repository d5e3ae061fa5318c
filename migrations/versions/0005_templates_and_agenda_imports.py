"""Templates keep the wording and the automatic letters, and can be taken back; agendas received have secret addresses."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("event_template", schema=None) as batch_op:
        batch_op.add_column(sa.Column("automatic", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(
            sa.Column(
                "wording",
                sa.Enum(
                    "invitation",
                    "convocation",
                    name="event_template_wording",
                    native_enum=False,
                    create_constraint=True,
                    length=20,
                ),
                server_default="invitation",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("one_template_of_a_name"), type_="unique")

    with op.batch_alter_table("event_template", schema=None) as batch_op:
        batch_op.create_index(
            "one_template_of_a_name",
            ["organisation_id", "name"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

    with op.batch_alter_table("agenda_import", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))

    give_keys(op.get_bind())
    with op.batch_alter_table("agenda_import", schema=None) as batch_op:
        batch_op.alter_column("key", existing_type=sa.String(length=32), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_agenda_import_key"), ["key"])


def give_keys(connection: sa.Connection) -> None:
    imports = sa.table("agenda_import", sa.column("id", sa.Integer()), sa.column("key", sa.String()))
    for number in connection.execute(sa.select(imports.c.id)).scalars().all():
        own = sa.update(imports).where(imports.c.id == number)
        connection.execute(own.values(key=secrets.token_hex(16)))


def downgrade() -> None:
    """Templates that were removed, and agendas that were taken over, are gone for good."""
    op.execute("DELETE FROM agenda_import WHERE taken_at IS NOT NULL")
    with op.batch_alter_table("agenda_import", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_agenda_import_key"), type_="unique")
        batch_op.drop_column("taken_at")
        batch_op.drop_column("key")

    op.execute("DELETE FROM event_template WHERE removed_at IS NOT NULL")
    with op.batch_alter_table("event_template", schema=None) as batch_op:
        batch_op.drop_index("one_template_of_a_name")
        batch_op.drop_constraint(op.f("event_template_wording"), type_="check")
        batch_op.drop_column("removed_at")
        batch_op.drop_column("wording")
        batch_op.drop_column("automatic")

    with op.batch_alter_table("event_template", schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f("one_template_of_a_name"), ["organisation_id", "name"])
