"""Whether a quiz's topic is what a student typed. It is not known of older quizzes, and they are not suggested."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("quizzes", "quiz_requests"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("topic_typed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in ("quiz_requests", "quizzes"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("topic_typed")
