"""After a quiz: what the model has not been told of it, how it was asked for, and what was asked for after it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("quizzes", "quiz_requests"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("difficulty", sa.String(length=8), nullable=True))
            batch_op.add_column(sa.Column("source", sa.String(length=8), nullable=True))
    with op.batch_alter_table("quizzes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("untold", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("followed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "quiz_explanations",
        sa.Column("interaction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("student_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quiz_id", sa.String(length=16), nullable=False),
        sa.Column("question", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_quiz_explanations")),
    )


def downgrade() -> None:
    op.drop_table("quiz_explanations")
    with op.batch_alter_table("quizzes", schema=None) as batch_op:
        batch_op.drop_column("followed")
        batch_op.drop_column("untold")
    for table in ("quizzes", "quiz_requests"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("source")
            batch_op.drop_column("difficulty")
