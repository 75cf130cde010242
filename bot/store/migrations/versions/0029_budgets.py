"""Charges tell money, model and kind, and whether they are settled; servers have budgets, and notices of them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0031"
branch_labels = None
depends_on = None

UNSETTLED = sa.text("settled IS 0"), sa.text("settled IS false")


def upgrade() -> None:
    op.add_column("token_charges", sa.Column("picodollars", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("token_charges", sa.Column("model", sa.String(), nullable=False, server_default=""))
    op.add_column("token_charges", sa.Column("kind", sa.String(length=16), nullable=False, server_default="answer"))
    op.add_column("token_charges", sa.Column("thread_id", sa.String(), nullable=True))
    op.add_column("token_charges", sa.Column("process_id", sa.String(), nullable=False, server_default=""))
    op.add_column("token_charges", sa.Column("settled", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("ix_token_charges_guild_id", "token_charges", ["guild_id", "day"])
    op.create_index("ix_token_charges_student_id", "token_charges", ["student_id", "day"])
    op.create_index(
        "ix_token_charges_unsettled", "token_charges", ["id"], sqlite_where=UNSETTLED[0], postgresql_where=UNSETTLED[1]
    )
    op.create_table(
        "budgets",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "scope", "subject_id", "unit", "period", name=op.f("pk_budgets")),
    )
    op.create_table(
        "budget_notices",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("budget", sa.String(length=64), nullable=False),
        sa.Column("begins_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "budget", "begins_on", name=op.f("pk_budget_notices")),
    )


def downgrade() -> None:
    op.drop_table("budget_notices")
    op.drop_table("budgets")
    for name in ("unsettled", "student_id", "guild_id"):
        op.drop_index(f"ix_token_charges_{name}", "token_charges")
    with op.batch_alter_table("token_charges", schema=None) as batch_op:
        for column in ("settled", "process_id", "thread_id", "kind", "model", "picodollars"):
            batch_op.drop_column(column)
