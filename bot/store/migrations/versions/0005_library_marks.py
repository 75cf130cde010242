"""Whether the end of a file's reading was shown: a bot that died before says it after."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("library_files", schema=None) as batch_op:
        batch_op.add_column(sa.Column("marked", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("library_files", schema=None) as batch_op:
        batch_op.drop_column("marked")
