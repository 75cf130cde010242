"""The model is told which cards were kept: card sets know their conversations, and what is to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("card_sets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("conversation_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("news", sa.String(), nullable=True))
        batch_op.create_index("ix_card_sets_conversation_id", ["conversation_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("card_sets", schema=None) as batch_op:
        batch_op.drop_index("ix_card_sets_conversation_id")
        batch_op.drop_column("news")
        batch_op.drop_column("conversation_id")
