"""What time and capacity need.

Revision: 0003
After: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


_TASK_KINDS = (
    "call", "confirm_meeting", "contact_referral", "hand_over", "has_left", "linkedin", "maimai", "personal_email",
    "research_successor", "task", "tell_owner", "triage", "video", "wechat_add", "wechat_message",
)  # fmt: skip
_OPEN_TASK = "status IN ('claimed', 'open', 'snoozed')"


def _admit(batch_op: Any, kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in sorted(kinds))
    batch_op.drop_constraint(op.f("ck_task_kind_is_known"), type_="check")
    batch_op.create_check_constraint(op.f("ck_task_kind_is_known"), f"kind IN ({allowed})")


def _tell_managers() -> None:
    """A batch on SQLite makes the table anew, and would forget that ids are given out once."""
    notice = sa.text(f"late_task_id IS NOT NULL AND {_OPEN_TASK}")
    with op.batch_alter_table("task", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        _admit(batch_op, (*_TASK_KINDS, "escalation"))
        batch_op.add_column(sa.Column("late_task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
        batch_op.create_foreign_key(op.f("fk_task_late_task_id_task"), "task", ["late_task_id"], ["id"])
        batch_op.create_index("ix_task_notice", ["late_task_id"], sqlite_where=notice, postgresql_where=notice)


def _tell_nobody() -> None:
    """The notices go with what they are about."""
    op.execute("DELETE FROM task WHERE kind = 'escalation'")
    with op.batch_alter_table("task", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_index("ix_task_notice")
        batch_op.drop_constraint(op.f("fk_task_late_task_id_task"), type_="foreignkey")
        batch_op.drop_column("late_task_id")
        _admit(batch_op, _TASK_KINDS)


def upgrade() -> None:
    _tell_managers()
    # SQLite and PostgreSQL both rename the column within its index, too; a batch would copy the whole table.
    op.execute("ALTER TABLE touch RENAME COLUMN skip_at TO late_at")


def downgrade() -> None:
    _tell_nobody()
    op.execute("ALTER TABLE touch RENAME COLUMN late_at TO skip_at")
