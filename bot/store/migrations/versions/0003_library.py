"""The library: files, channels, and who may add."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "library_files",
        sa.Column("attachment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("attachment_id", "kind", name=op.f("pk_library_files")),
    )
    with op.batch_alter_table("library_files", schema=None) as batch_op:
        batch_op.create_index("ix_library_files_guild_state", ["guild_id", "kind", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_library_files_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_library_files_file_id"), ["file_id"], unique=False)
    op.create_table(
        "library_channels",
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("watched", sa.Boolean(), nullable=True),
        sa.Column("seen_message_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_library_channels")),
    )
    with op.batch_alter_table("library_channels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_library_channels_guild_id"), ["guild_id"], unique=False)
    op.create_table(
        "library_guilds",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contributor_role_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_library_guilds")),
    )


def downgrade() -> None:
    op.drop_table("library_guilds")
    op.drop_table("library_channels")
    op.drop_table("library_files")
