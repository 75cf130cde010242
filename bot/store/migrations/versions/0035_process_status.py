"""What the bot's processes note of themselves, for `saem status`."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process_status",
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", sa.Float(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("process_id", name=op.f("pk_process_status")),
    )


def downgrade() -> None:
    op.drop_table("process_status")
