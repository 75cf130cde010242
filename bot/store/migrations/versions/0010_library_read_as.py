"""What the sender of a library file chose: the encoding of a text, or that a picture is a page."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("library_files", schema=None) as batch_op:
        batch_op.add_column(sa.Column("read_as", sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("library_files", schema=None) as batch_op:
        batch_op.drop_column("read_as")
