"""Quizzes whose questions are checked while they are played, second tries, reports, and threads for checks."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("quizzes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feedback", sa.String(length=8), server_default="end", nullable=False))
        batch_op.add_column(sa.Column("waiting", sa.String(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("left_out", sa.BigInteger(), server_default="0", nullable=False))
    with op.batch_alter_table("quiz_answers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("second", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("quiz_results", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reported", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("quiz_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feedback", sa.String(length=8), server_default="each", nullable=False))
    op.create_table(
        "quiz_reports",
        sa.Column("quiz_id", sa.String(length=16), nullable=False),
        sa.Column("question", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("student_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("quiz_id", "question", "student_id", name=op.f("pk_quiz_reports")),
    )
    op.create_index("ix_quiz_reports_guild_id", "quiz_reports", ["guild_id", "created_at"], unique=False)
    op.create_table(
        "separate_threads",
        sa.Column("thread_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_separate_threads")),
    )


def downgrade() -> None:
    op.drop_table("separate_threads")
    op.drop_index("ix_quiz_reports_guild_id", table_name="quiz_reports")
    op.drop_table("quiz_reports")
    for table, columns in (
        ("quiz_requests", ("feedback",)),
        ("quiz_results", ("reported",)),
        ("quiz_answers", ("second",)),
        ("quizzes", ("left_out", "waiting", "feedback")),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column)
