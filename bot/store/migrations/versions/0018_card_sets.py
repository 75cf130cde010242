"""Cards that were made, requests for them, and the pictures on cards."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_sets",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("host_id", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("cards", sa.String(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_sets")),
    )
    with op.batch_alter_table("card_sets", schema=None) as batch_op:
        batch_op.create_index("ix_card_sets_call_id", ["call_id"], unique=True)
        batch_op.create_index("ix_card_sets_host_id", ["host_id"], unique=False)
        batch_op.create_index("ix_card_sets_message_id", ["message_id"], unique=False)
    op.create_table(
        "card_requests",
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("interaction_id", sa.BigInteger(), nullable=False),
        sa.Column("student_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("topic_typed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("instructions", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_card_requests")),
    )
    with op.batch_alter_table("card_requests", schema=None) as batch_op:
        batch_op.create_index("ix_card_requests_interaction_id", ["interaction_id"], unique=False)
    op.create_table(
        "card_pictures",
        sa.Column("owner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_card_pictures")),
    )


def downgrade() -> None:
    op.drop_table("card_pictures")
    op.drop_table("card_requests")
    op.drop_table("card_sets")
