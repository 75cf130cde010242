"""Tokens are charged to a student and a server; what the whole bot has used on a day becomes a charge of nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "token_charges",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("student_id", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_charges")),
    )
    with op.batch_alter_table("token_charges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_charges_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_token_charges_run_id"), ["run_id"], unique=False)
    op.execute(
        "INSERT INTO token_charges (id, day, guild_id, student_id, tokens) "
        "SELECT 'day-' || day, day, 0, 0, tokens FROM days"
    )
    op.drop_table("days")


def downgrade() -> None:
    op.create_table(
        "days",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_days")),
    )
    op.execute("INSERT INTO days (day, tokens) SELECT day, SUM(tokens) FROM token_charges GROUP BY day")
    with op.batch_alter_table("token_charges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_token_charges_run_id"))
        batch_op.drop_index(batch_op.f("ix_token_charges_day"))
    op.drop_table("token_charges")
