"""Room for answers task by task, conditions that settle, who approved a run, and writes that may be tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes the tables and columns; what people answered so far is kept under the key of the task that they ended."""
    op.create_table(
        "answers",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=True),
        sa.Column("marks", sa.String(length=255), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.execute(
        "insert into answers (key, marks, how, outcome, answered_at) "
        "select 'kw1-' || rule || '-' || subject_hash || '-' || occurrence_hash || '-' || repeat, '', how, '', answered_at "
        "from dismissals"
    )
    op.drop_table("dismissals")
    op.create_table(
        "settling",
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("subject_hash", sa.String(length=10), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("since_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "subject_hash"),
    )
    op.add_column("runs", sa.Column("approved_by", sa.String(length=200), nullable=True))
    op.add_column("runs", sa.Column("undoes", sa.String(length=32), nullable=True))
    op.add_column("steps", sa.Column("temporary", sa.Boolean(), nullable=True))
