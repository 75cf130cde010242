"""How many questions of a student wait is found without reading all that were ever asked."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

UNANSWERED = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_index(
        "ix_questions_unanswered", "questions", ["author_id"], sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
    )


def downgrade() -> None:
    op.drop_index("ix_questions_unanswered", "questions")
