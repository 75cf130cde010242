"""Where deleted objects stood in their lists."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "deleted_objects",
        sa.Column("list_id", sa.Text(), primary_key=True),
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_deleted_objects_deleted_at", "deleted_objects", ["deleted_at"])


def downgrade() -> None:
    op.drop_table("deleted_objects")
