"""What a start and each question look for is found without reading all that ever was."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OPEN = "phase NOT IN ('finished', 'cancelled')"
UNFINISHED = "phase = 'climbing' AND message_id IS NULL OR due IS NOT NULL OR outcome_due OR unshown"


def upgrade() -> None:
    op.create_index("ix_answers_state", "answers", ["state"])
    op.create_index(
        "ix_tool_calls_open", "tool_calls", ["created_at"], **_where("submitted IS 0", "submitted IS false")
    )
    op.create_index("ix_conversations_direct", "conversations", ["last_message_id"], **_where("guild_id = 0"))
    op.create_index("ix_quizzes_open", "quizzes", ["id"], **_where(OPEN))
    op.create_index("ix_quizzes_due", "quizzes", ["id"], **_where("due IS NOT NULL"))
    op.create_index("ix_hint_ladders_unfinished", "hint_ladders", ["id"], **_where(UNFINISHED))
    op.create_index("ix_library_files_state", "library_files", ["state"])
    op.create_index("ix_library_files_channel_id", "library_files", ["channel_id"])
    op.create_index(
        "ix_library_files_not_shown", "library_files", ["state"], **_where("marked IS 0", "marked IS false")
    )


def downgrade() -> None:
    op.drop_index("ix_library_files_not_shown", "library_files")
    op.drop_index("ix_library_files_channel_id", "library_files")
    op.drop_index("ix_library_files_state", "library_files")
    op.drop_index("ix_hint_ladders_unfinished", "hint_ladders")
    op.drop_index("ix_quizzes_due", "quizzes")
    op.drop_index("ix_quizzes_open", "quizzes")
    op.drop_index("ix_conversations_direct", "conversations")
    op.drop_index("ix_tool_calls_open", "tool_calls")
    op.drop_index("ix_answers_state", "answers")


def _where(sqlite: str, postgresql: str = "") -> dict[str, Any]:
    return {"sqlite_where": sa.text(sqlite), "postgresql_where": sa.text(postgresql or sqlite)}
