"""Which pages of an indexed file could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("vector_store_files", sa.Column("unread_pages", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("vector_store_files", "unread_pages")
