"""How often a run was begun again after its process had died."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("runs", sa.Column("restarts", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("runs", "restarts")
