"""Which process of the bot has which of Discord's shards."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shard_processes",
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("heartbeat_at", sa.Float(), nullable=False),
        sa.Column("closing", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("process_id", name=op.f("pk_shard_processes")),
    )
    op.create_table(
        "shards",
        sa.Column("shard_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("resume_gateway_url", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("shard_id", name=op.f("pk_shards")),
    )
    op.create_table(
        "shard_guilds",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shard_id", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_shard_guilds")),
    )
    op.create_index(op.f("ix_shard_guilds_shard_id"), "shard_guilds", ["shard_id"])
    op.create_table(
        "shard_cluster",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shard_count", sa.BigInteger(), nullable=False),
        sa.Column("max_concurrency", sa.BigInteger(), nullable=False),
        sa.Column("starts_left", sa.BigInteger(), nullable=False),
        sa.Column("starts_reset_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shard_cluster")),
    )
    op.create_table(
        "identify_buckets",
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_identify_buckets")),
    )


def downgrade() -> None:
    op.drop_table("identify_buckets")
    op.drop_table("shard_cluster")
    op.drop_index(op.f("ix_shard_guilds_shard_id"), "shard_guilds")
    op.drop_table("shard_guilds")
    op.drop_table("shards")
    op.drop_table("shard_processes")
