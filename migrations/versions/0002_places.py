"""Places counted against every limit, waiting lists per session, wishes, groups, requests."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("seats", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "announced_at IS NULL OR applied_at IS NOT NULL", name=op.f("only_the_applied_is_announced")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_allocation_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_allocation_made_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            "one_applied_allocation_per_event",
            ["event_id"],
            unique=True,
            sqlite_where=sa.text("applied_at IS NOT NULL"),
            postgresql_where=sa.text("applied_at IS NOT NULL"),
        )

    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("structure_id", sa.Integer(), nullable=True),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column(
            "rule",
            sa.Enum("all", "fitting", name="party_rule", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=True),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_party_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["structure_id"], ["structure.id"], name=op.f("fk_party_structure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("digest", name=op.f("uq_party_digest")),
        sa.UniqueConstraint("event_id", "id", name="party_belongs_to_its_event"),
        sa.UniqueConstraint("event_id", "idempotency_key", name="one_party_per_submission"),
    )
    op.create_table(
        "registration_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_registration_import_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_registration_import_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_import")),
    )
    with op.batch_alter_table("registration_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_import_event_id"), ["event_id"], unique=False)

    op.create_table(
        "structure_allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("structure_id", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("allowance_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_structure_allowance_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["structure_id"], ["structure.id"], name=op.f("fk_structure_allowance_structure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_structure_allowance")),
        sa.UniqueConstraint("event_id", "structure_id", name="one_allowance_per_structure"),
    )
    op.create_table(
        "change_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "cancel",
                "sessions",
                "details",
                "transfer",
                name="change_request_kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "accepted",
                "refused",
                "withdrawn",
                "closed",
                name="change_request_decision",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name=op.f("decided_has_its_decision")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_change_request_decided_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "registration_id"],
            ["registration.event_id", "registration.id"],
            name="request_is_about_a_registration_of_its_event",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
    )
    with op.batch_alter_table("change_request", schema=None) as batch_op:
        batch_op.create_index("ix_change_request_event", ["event_id", "decided_at", "id"], unique=False)
        batch_op.create_index(
            "one_open_request_of_a_kind",
            ["registration_id", "kind"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rank >= 1", name=op.f("wish_rank_is_positive")),
        sa.ForeignKeyConstraint(
            ["event_id", "registration_id"],
            ["registration.event_id", "registration.id"],
            name="wish_is_of_a_registration_of_its_event",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "session_id"],
            ["agenda_session.event_id", "agenda_session.id"],
            name="wish_is_for_a_session_of_its_event",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint("registration_id", "session_id", name="one_wish_per_session"),
    )
    with op.batch_alter_table("wish", schema=None) as batch_op:
        batch_op.create_index("ix_wish_session", ["event_id", "session_id"], unique=False)

    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_as", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("held_back", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("rank", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            op.f("only_a_waiting_booking_holds_an_offer"),
            "offer_until IS NULL OR (confirmed_at IS NULL AND released_at IS NULL)",
        )
        batch_op.create_index(
            "ix_booking_offer",
            ["event_id", "offer_until"],
            unique=False,
            sqlite_where=sa.text("offer_until IS NOT NULL"),
            postgresql_where=sa.text("offer_until IS NOT NULL"),
        )

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("per_structure_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("structures_released_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("changes_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("cancellations_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "session_choice",
                sa.Enum(
                    "first_come",
                    "wishes",
                    name="event_session_choice",
                    native_enum=False,
                    create_constraint=True,
                    length=20,
                ),
                nullable=False,
                server_default="first_come",
            )
        )
        batch_op.add_column(sa.Column("wishes_close_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            op.f("only_wishes_are_allocated"), "allocated_at IS NULL OR session_choice = 'wishes'"
        )

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reads_sensitive", sa.Boolean(), nullable=False, server_default=sa.true()))

    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consent", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("kept_days", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            op.f("answers_are_kept_for_some_days"), "kept_days IS NULL OR kept_days BETWEEN 0 AND 3650"
        )

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("party_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_registration_queue"))
        batch_op.create_index("ix_registration_queue", ["event_id", "status", "id"], unique=False)
        batch_op.create_unique_constraint("a_registration_is_passed_on_once", ["replaces_id"])
        batch_op.create_index("ix_registration_merged", ["event_id", "merged_into_id"], unique=False)
        batch_op.create_index("ix_registration_party", ["event_id", "party_id"], unique=False)
        batch_op.create_foreign_key(
            "registration_is_merged_into_one_of_its_event",
            "registration",
            ["event_id", "merged_into_id"],
            ["event_id", "id"],
        )
        batch_op.create_foreign_key(
            "registration_replaces_one_of_its_event", "registration", ["event_id", "replaces_id"], ["event_id", "id"]
        )
        batch_op.create_foreign_key(
            "registration_is_in_a_party_of_its_event", "party", ["event_id", "party_id"], ["event_id", "id"]
        )

    _describe_what_was_there()
    for table, column, kind in (
        ("answer", "asked_as", sa.String(length=300)),
        ("booking", "held_back", sa.String(length=20)),
        ("event", "session_choice", sa.String(length=20)),
        ("membership", "reads_sensitive", sa.Boolean()),
        ("question", "consent", sa.String(length=500)),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)


def _describe_what_was_there() -> None:
    """Answers keep the words of their question, sensitive ones the consent given with the registration."""
    op.execute(
        "UPDATE answer SET asked_as = (SELECT label FROM question WHERE question.id = answer.question_id), "
        "consented_at = (SELECT consented_at FROM registration WHERE registration.id = answer.registration_id) "
        "WHERE question_id IN (SELECT id FROM question WHERE sensitive)"
    )
    op.execute(
        "UPDATE answer SET asked_as = (SELECT label FROM question WHERE question.id = answer.question_id) "
        "WHERE asked_as = ''"
    )


def downgrade() -> None:

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_constraint("registration_is_in_a_party_of_its_event", type_="foreignkey")
        batch_op.drop_constraint("registration_replaces_one_of_its_event", type_="foreignkey")
        batch_op.drop_constraint("registration_is_merged_into_one_of_its_event", type_="foreignkey")
        batch_op.drop_index("ix_registration_party")
        batch_op.drop_index("ix_registration_merged")
        batch_op.drop_constraint("a_registration_is_passed_on_once", type_="unique")
        batch_op.drop_index("ix_registration_queue")
        batch_op.create_index(
            batch_op.f("ix_registration_queue"), ["event_id", "status", "queued_at", "id"], unique=False
        )
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("replaces_id")
        batch_op.drop_column("party_id")

    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("answers_are_kept_for_some_days"), type_="check")
        batch_op.drop_column("kept_days")
        batch_op.drop_column("consent")

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_column("reads_sensitive")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("only_wishes_are_allocated"), type_="check")
        batch_op.drop_constraint(op.f("event_session_choice"), type_="check")
        batch_op.drop_column("allocated_at")
        batch_op.drop_column("wishes_close_at")
        batch_op.drop_column("session_choice")
        batch_op.drop_column("cancellations_until")
        batch_op.drop_column("changes_until")
        batch_op.drop_column("structures_released_at")
        batch_op.drop_column("per_structure_until")

    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_booking_offer",
            sqlite_where=sa.text("offer_until IS NOT NULL"),
            postgresql_where=sa.text("offer_until IS NOT NULL"),
        )
        batch_op.drop_constraint(op.f("only_a_waiting_booking_holds_an_offer"), type_="check")
        batch_op.drop_column("rank")
        batch_op.drop_column("held_back")
        batch_op.drop_column("offer_until")

    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_column("consented_at")
        batch_op.drop_column("asked_as")

    with op.batch_alter_table("wish", schema=None) as batch_op:
        batch_op.drop_index("ix_wish_session")

    op.drop_table("wish")
    with op.batch_alter_table("change_request", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_request_of_a_kind",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index("ix_change_request_event")

    op.drop_table("change_request")
    op.drop_table("structure_allowance")
    with op.batch_alter_table("registration_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_import_event_id"))

    op.drop_table("registration_import")
    op.drop_table("party")
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.drop_index(
            "one_applied_allocation_per_event",
            sqlite_where=sa.text("applied_at IS NOT NULL"),
            postgresql_where=sa.text("applied_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_allocation_event_id"))

    op.drop_table("allocation")
