"""Where a reported question was asked: it is shown to those alone who can open that place."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("quiz_reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place_id", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("private", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("quiz_reports", schema=None) as batch_op:
        batch_op.drop_column("private")
        batch_op.drop_column("place_id")
