"""What left for a calendar is known by mailbox: one that was given up, and is used again, goes on counting."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("calendar_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mailbox", sa.String(length=320), server_default="", nullable=False))
        batch_op.drop_constraint(batch_op.f("one_sequence_per_person_and_entry"), type_="unique")

    op.execute(
        "UPDATE calendar_mail SET mailbox ="
        " (SELECT email_folded FROM registration WHERE registration.id = calendar_mail.registration_id)"
    )
    with op.batch_alter_table("calendar_mail", schema=None) as batch_op:
        batch_op.create_unique_constraint(
            batch_op.f("one_sequence_per_mailbox_and_entry"), ["registration_id", "mailbox", "uid"]
        )
        batch_op.create_index("ix_calendar_mail_mailbox", ["mailbox"], unique=False)


def downgrade() -> None:
    """Of several mailboxes of one person, the highest number is kept."""
    op.execute(
        "DELETE FROM calendar_mail WHERE EXISTS (SELECT 1 FROM calendar_mail AS other"
        " WHERE other.registration_id = calendar_mail.registration_id AND other.uid = calendar_mail.uid"
        " AND (other.last_sequence > calendar_mail.last_sequence"
        " OR (other.last_sequence = calendar_mail.last_sequence AND other.id > calendar_mail.id)))"
    )
    with op.batch_alter_table("calendar_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_calendar_mail_mailbox")
        batch_op.drop_constraint(batch_op.f("one_sequence_per_mailbox_and_entry"), type_="unique")
        batch_op.drop_column("mailbox")

    with op.batch_alter_table("calendar_mail", schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f("one_sequence_per_person_and_entry"), ["registration_id", "uid"])
