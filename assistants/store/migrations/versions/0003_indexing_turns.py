"""Whose turn it is to have a file indexed, and which files need longer than a first attempt."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("files", sa.Column("turn", sa.Text(), nullable=True))
    op.add_column("vector_store_files", sa.Column("slow", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("vector_store_files", "slow")
    op.drop_column("files", "turn")
