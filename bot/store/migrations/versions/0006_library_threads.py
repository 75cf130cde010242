"""Threads that files came in: who can open them is known from their parents, also when Discord has archived them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "library_threads",
        sa.Column("thread_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_library_threads")),
    )
    with op.batch_alter_table("library_threads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_library_threads_guild_id"), ["guild_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("library_threads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_library_threads_guild_id"))
    op.drop_table("library_threads")
