"""Cards that were asked for lately, so that what limits them holds over restarts and over all processes."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_starts",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("student_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_card_starts")),
    )


def downgrade() -> None:
    op.drop_table("card_starts")
