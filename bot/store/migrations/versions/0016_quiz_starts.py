"""Quizzes that were started lately, so that a restart does not forget what limits them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quiz_starts",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("student_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_quiz_starts")),
    )


def downgrade() -> None:
    op.drop_table("quiz_starts")
