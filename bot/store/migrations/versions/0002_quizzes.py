"""Quizzes: what is asked for, played, answered, and kept."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quiz_answers",
        sa.Column("quiz_id", sa.String(length=16), nullable=False),
        sa.Column("student_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("question", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("choice", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("quiz_id", "student_id", "question", name=op.f("pk_quiz_answers")),
    )
    op.create_table(
        "quiz_requests",
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("host_id", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_quiz_requests")),
    )
    op.create_table(
        "quiz_results",
        sa.Column("quiz_id", sa.String(length=16), nullable=False),
        sa.Column("student_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("question", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("choices", sa.String(), nullable=False),
        sa.Column("chosen", sa.BigInteger(), nullable=True),
        sa.Column("right", sa.BigInteger(), nullable=True),
        sa.Column("explanation", sa.String(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("quiz_id", "student_id", "question", name=op.f("pk_quiz_results")),
    )
    with op.batch_alter_table("quiz_results", schema=None) as batch_op:
        batch_op.create_index("ix_quiz_results_guild_student", ["guild_id", "student_id", "topic"], unique=False)

    op.create_table(
        "quizzes",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("host_id", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("quiz", sa.String(), nullable=False),
        sa.Column("orders", sa.String(), nullable=False),
        sa.Column("open_for", sa.Float(), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("furthest", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.Float(), nullable=False),
        sa.Column("deadline", sa.Float(), nullable=True),
        sa.Column("paused_at", sa.Float(), nullable=True),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("due", sa.String(length=24), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("message_question", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes")),
    )
    with op.batch_alter_table("quizzes", schema=None) as batch_op:
        batch_op.create_index("ix_quizzes_call_id", ["call_id"], unique=False)
        batch_op.create_index("ix_quizzes_channel_id", ["channel_id"], unique=False)
        batch_op.create_index("ix_quizzes_guild_created", ["guild_id", "created_at"], unique=False)
        batch_op.create_index("ix_quizzes_message_id", ["message_id"], unique=False)
        batch_op.create_index("ix_quizzes_phase", ["phase"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("quizzes", schema=None) as batch_op:
        batch_op.drop_index("ix_quizzes_phase")
        batch_op.drop_index("ix_quizzes_message_id")
        batch_op.drop_index("ix_quizzes_guild_created")
        batch_op.drop_index("ix_quizzes_channel_id")
        batch_op.drop_index("ix_quizzes_call_id")

    op.drop_table("quizzes")
    with op.batch_alter_table("quiz_results", schema=None) as batch_op:
        batch_op.drop_index("ix_quiz_results_guild_student")

    op.drop_table("quiz_results")
    op.drop_table("quiz_requests")
    op.drop_table("quiz_answers")
