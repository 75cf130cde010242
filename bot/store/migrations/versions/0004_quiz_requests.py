"""What was asked for with `/quiz`, whole: a bot that died over it can ask the model again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("quiz_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("interaction_id", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("name", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("prompt", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("instructions", sa.String(), nullable=False, server_default=""))
        batch_op.create_index("ix_quiz_requests_interaction_id", ["interaction_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("quiz_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_quiz_requests_interaction_id")
        for name in ("instructions", "prompt", "name", "interaction_id"):
            batch_op.drop_column(name)
