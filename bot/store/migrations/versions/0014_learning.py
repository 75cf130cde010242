"""Learning: results, decks, cards, their reviews, and reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "study_results",
        sa.Column("student_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("hints", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reported", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("student_id", "source", "source_id", "number", name=op.f("pk_study_results")),
    )
    op.create_index("ix_study_results_student_at", "study_results", ["student_id", "at"])
    op.create_table(
        "decks",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decks")),
    )
    op.create_index("ix_decks_owner_id", "decks", ["owner_id"])
    op.create_table(
        "cards",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("deck_id", sa.String(length=24), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("origin", sa.String(length=120), nullable=False),
        sa.Column("citation", sa.String(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=True),
        sa.Column("stability", sa.Float(), nullable=True),
        sa.Column("difficulty", sa.Float(), nullable=True),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("last_review", sa.Float(), nullable=True),
        sa.Column("reviews", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["deck_id"], ["decks.id"], name=op.f("fk_cards_deck_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
    )
    op.create_index("ix_cards_owner_due", "cards", ["owner_id", "due"])
    op.create_index("ix_cards_deck_due", "cards", ["deck_id", "due"])
    op.create_index("ix_cards_owner_origin", "cards", ["owner_id", "origin"], unique=True)
    op.create_table(
        "card_reviews",
        sa.Column("card_id", sa.String(length=24), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("rating", sa.BigInteger(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("was_new", sa.Boolean(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_card_reviews_card_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("card_id", "number", name=op.f("pk_card_reviews")),
    )
    op.create_index("ix_card_reviews_owner_at", "card_reviews", ["owner_id", "at"])
    op.create_table(
        "review_sessions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("student_id", sa.BigInteger(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_sessions")),
    )
    op.create_index("ix_review_sessions_student_id", "review_sessions", ["student_id"])
    op.create_table(
        "reminders",
        sa.Column("student_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=True),
        sa.Column("refused_since", sa.String(length=10), nullable=True),
        sa.Column("refusal_told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("student_id", name=op.f("pk_reminders")),
    )
    op.create_index("ix_reminders_next_at", "reminders", ["next_at"])


def downgrade() -> None:
    for table in ("reminders", "review_sessions", "card_reviews", "cards", "decks", "study_results"):
        op.drop_table(table)
