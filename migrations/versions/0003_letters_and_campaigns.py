"""Structures as guests, letters of every kind and their files, campaigns, returned mail."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KINDS = (
    "invitation",
    "structure",
    "reminder",
    "confirmation",
    "waiting",
    "offer",
    "promoted",
    "change",
    "cancellation",
    "practical",
    "thanks",
)
GUEST_RULES = {
    "structures_have_places": "(kind = 'structure') = (places IS NOT NULL)",
    "guest_places_are_not_negative": "places IS NULL OR places >= 0",
    "an_invited_structure_is_known": "kind = 'person' OR structure_id IS NOT NULL",
    "named_by_someone_somehow": "(named_as IS NOT NULL) OR (named_by_id IS NULL)",
}
STATES = ("queued", "sending", "sent", "uncertain", "failed", "dropped")


def upgrade() -> None:
    op.create_table(
        "automatic_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="automatic_letter_kind", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column(
            "anchor",
            sa.Enum(
                "deadline",
                "start",
                "end",
                name="automatic_letter_anchor",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_automatic_letter_created_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_automatic_letter_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automatic_letter")),
        sa.UniqueConstraint("event_id", "kind", "anchor", "hours", name="one_automatic_letter_per_date"),
    )
    op.create_table(
        "letter_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "letter_name",
            sa.Enum(*KINDS, name="letter_file_name", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("size >= 0", name=op.f("letter_file_size_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_letter_file_added_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_letter_file_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_file")),
    )
    with op.batch_alter_table("letter_file", schema=None) as batch_op:
        batch_op.create_index("ix_letter_file_event", ["event_id", "letter_name"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("automatic_id", sa.Integer(), nullable=True),
        sa.Column(
            "audience",
            sa.Enum(
                "guests", "registered", name="campaign_audience", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("segment", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "scheduled",
                "running",
                "paused",
                "cancelled",
                "done",
                name="campaign_state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("idempotency_key", sa.String(length=64), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["automatic_id"], ["automatic_letter.id"], name=op.f("fk_campaign_automatic_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_campaign_created_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_campaign_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_campaign_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("automatic_id", name=op.f("uq_campaign_automatic_id")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_campaign_idempotency_key")),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index("ix_campaign_due", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_campaign_event", ["event_id", "id"], unique=False)

    op.create_table(
        "bounce",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("diagnostic", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_bounce_message_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_bounce_fingerprint")),
    )
    with op.batch_alter_table("bounce", schema=None) as batch_op:
        batch_op.create_index("ix_bounce_message", ["message_id"], unique=False)
        batch_op.create_index("ix_bounce_received", ["received_at"], unique=False)

    op.create_table(
        "campaign_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("guest_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("left_out", sa.String(length=200), server_default="", nullable=False),
        sa.CheckConstraint("(guest_id IS NULL) <> (registration_id IS NULL)", name=op.f("a_recipient_is_one_person")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_recipient_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["guest_id"], ["guest.id"], name=op.f("fk_campaign_recipient_guest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_campaign_recipient_message_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_campaign_recipient_registration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_recipient")),
        sa.UniqueConstraint("campaign_id", "guest_id", name="a_guest_once_per_campaign"),
        sa.UniqueConstraint("campaign_id", "registration_id", name="a_registered_person_once_per_campaign"),
    )
    with op.batch_alter_table("campaign_recipient", schema=None) as batch_op:
        batch_op.create_index("ix_campaign_recipient_guest", ["guest_id"], unique=False)
        batch_op.create_index("ix_campaign_recipient_message", ["message_id"], unique=False)
        batch_op.create_index("ix_campaign_recipient_registration", ["registration_id"], unique=False)

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "wording",
                sa.Enum(
                    "invitation",
                    "convocation",
                    name="event_wording",
                    native_enum=False,
                    create_constraint=True,
                    length=20,
                ),
                server_default="invitation",
                nullable=False,
            )
        )

    with op.batch_alter_table("guest", schema=None) as batch_op:
        batch_op.alter_column("last_name", existing_type=sa.String(length=80), type_=sa.String(length=200))
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum("person", "structure", name="guest_kind", native_enum=False, create_constraint=True, length=20),
                server_default="person",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("places", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("named_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "named_as",
                sa.Enum(
                    "colleague",
                    "replacement",
                    name="guest_named_as",
                    native_enum=False,
                    create_constraint=True,
                    length=20,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("reminders_stopped_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("undeliverable_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("undeliverable_why", sa.String(length=500), server_default="", nullable=False))
        batch_op.create_index("ix_guest_address", ["email_folded"], unique=False)
        batch_op.create_index("ix_guest_named_by", ["named_by_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_guest_named_by_id"), "guest", ["named_by_id"], ["id"], ondelete="SET NULL"
        )
        for name, rule in GUEST_RULES.items():
            batch_op.create_check_constraint(op.f(name), rule)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("domain", sa.String(length=255), server_default="", nullable=False))
        batch_op.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("bounce", sa.String(length=500), server_default="", nullable=False))
        batch_op.create_index("ix_message_campaign", ["campaign_id", "state"], unique=False)
        batch_op.add_column(sa.Column("paced_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_message_pace", ["paced_at", "domain"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_message_campaign_id"), "campaign", ["campaign_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.drop_constraint(op.f("message_state"), type_="check")
        batch_op.create_check_constraint(op.f("message_state"), sa.column("state").in_(["queued", "held", *STATES[1:]]))

    with op.batch_alter_table("change_request", schema=None) as batch_op:
        batch_op.create_index("ix_change_request_registration", ["event_id", "registration_id", "id"], unique=False)

    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("letter_name"), sa.column("name").in_(KINDS))


def downgrade() -> None:
    op.execute("UPDATE message SET state = 'dropped' WHERE state = 'held'")
    op.execute("UPDATE guest SET last_name = substr(last_name, 1, 80)")
    with op.batch_alter_table("change_request", schema=None) as batch_op:
        batch_op.drop_index("ix_change_request_registration")

    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("letter_name"), type_="check")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("message_state"), type_="check")
        batch_op.create_check_constraint(op.f("message_state"), sa.column("state").in_(STATES))
        batch_op.drop_constraint(batch_op.f("fk_message_campaign_id"), type_="foreignkey")
        batch_op.drop_index("ix_message_pace")
        batch_op.drop_column("paced_at")
        batch_op.drop_index("ix_message_campaign")
        batch_op.drop_column("bounce")
        batch_op.drop_column("bounced_at")
        batch_op.drop_column("domain")
        batch_op.drop_column("campaign_id")

    with op.batch_alter_table("guest", schema=None) as batch_op:
        batch_op.alter_column("last_name", existing_type=sa.String(length=200), type_=sa.String(length=80))
        batch_op.drop_constraint(batch_op.f("fk_guest_named_by_id"), type_="foreignkey")
        for name in (*GUEST_RULES, "guest_kind", "guest_named_as"):
            batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.drop_index("ix_guest_named_by")
        batch_op.drop_index("ix_guest_address")
        batch_op.drop_column("undeliverable_why")
        batch_op.drop_column("undeliverable_at")
        batch_op.drop_column("reminders_stopped_at")
        batch_op.drop_column("named_as")
        batch_op.drop_column("named_by_id")
        batch_op.drop_column("places")
        batch_op.drop_column("kind")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("event_wording"), type_="check")
        batch_op.drop_column("wording")

    with op.batch_alter_table("campaign_recipient", schema=None) as batch_op:
        batch_op.drop_index("ix_campaign_recipient_registration")
        batch_op.drop_index("ix_campaign_recipient_message")
        batch_op.drop_index("ix_campaign_recipient_guest")

    op.drop_table("campaign_recipient")
    with op.batch_alter_table("bounce", schema=None) as batch_op:
        batch_op.drop_index("ix_bounce_received")
        batch_op.drop_index("ix_bounce_message")

    op.drop_table("bounce")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_index("ix_campaign_event")
        batch_op.drop_index("ix_campaign_due")

    op.drop_table("campaign")
    with op.batch_alter_table("letter_file", schema=None) as batch_op:
        batch_op.drop_index("ix_letter_file_event")

    op.drop_table("letter_file")
    op.drop_table("automatic_letter")
