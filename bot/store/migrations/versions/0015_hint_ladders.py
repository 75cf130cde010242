"""Hint ladders, the answers that are held back, and the replies that hide some words."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hint_ladders",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("student_id", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("opens_after", sa.BigInteger(), nullable=False),
        sa.Column("help", sa.String(), nullable=False),
        sa.Column("begun_at", sa.Float(), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due", sa.String(length=24), nullable=True),
        sa.Column("untold", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("outcome_due", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hint_ladders")),
    )
    for column in ("call_id", "conversation_id", "channel_id", "message_id", "student_id"):
        op.create_index(f"ix_hint_ladders_{column}", "hint_ladders", [column])
    op.create_table(
        "held_answers",
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("student_id", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "key", name=op.f("pk_held_answers")),
    )
    op.create_table(
        "veiled_answers",
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_veiled_answers")),
    )
    op.create_index("ix_veiled_answers_conversation_id", "veiled_answers", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("veiled_answers")
    op.drop_table("held_answers")
    op.drop_table("hint_ladders")
