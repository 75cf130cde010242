"""How many tokens an embeddings model has read for a file."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column(
        "vector_store_files", sa.Column("embedding_tokens", sa.BigInteger(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    with op.batch_alter_table("vector_store_files") as batch_op:
        batch_op.drop_column("embedding_tokens")
