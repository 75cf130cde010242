"""What a process leaves half done: responses put off, ladders that show an old state, reminders being sent."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deferred_responses",
        sa.Column("interaction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_deferred_responses")),
    )
    op.add_column("hint_ladders", sa.Column("unshown", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("reminders", sa.Column("sending_since", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("reminders", "sending_since")
    op.drop_column("hint_ladders", "unshown")
    op.drop_table("deferred_responses")
