"""What time and capacity need.

Revision: 0003
After: 0002
"""

from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite and PostgreSQL both rename the column within its index, too; a batch would copy the whole table.
    op.execute("ALTER TABLE touch RENAME COLUMN skip_at TO late_at")


def downgrade() -> None:
    op.execute("ALTER TABLE touch RENAME COLUMN late_at TO skip_at")
