"""Who changed a server's settings, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "server_setting_changes",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_server_setting_changes")),
    )
    op.create_index("ix_server_setting_changes_guild", "server_setting_changes", ["guild_id", "changed_at"])


def downgrade() -> None:
    op.drop_table("server_setting_changes")
