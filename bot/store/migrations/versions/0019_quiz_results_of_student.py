"""Results of quizzes are found by their student."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_quiz_results_student_id", "quiz_results", ["student_id"])


def downgrade() -> None:
    op.drop_index("ix_quiz_results_student_id", "quiz_results")
