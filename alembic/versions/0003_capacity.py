"""What time and capacity need.

Revision: 0003
After: 0002
"""

from datetime import timedelta
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


_OF_LEAVE = f"leave_id IS NOT NULL AND {_OPEN_TASK}"
_KEPT_IDS = {"table_kwargs": {"sqlite_autoincrement": True}}


def _add_leave() -> None:
    op.create_table('rep_leave',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rep_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('policy', sa.String(), nullable=False),
    sa.Column('to_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('begins_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_covered', sa.Boolean(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("policy IN ('delegate', 'pause', 'reassign')", name=op.f('ck_rep_leave_policy_is_known')),
    sa.CheckConstraint('first_day <= last_day', name=op.f('ck_rep_leave_ends_after_it_begins')),
    sa.CheckConstraint('to_id IS NULL OR to_id <> rep_id', name=op.f('ck_rep_leave_stands_in_for_another')),
    sa.ForeignKeyConstraint(['rep_id'], ['rep.id'], name=op.f('fk_rep_leave_rep_id_rep')),
    sa.ForeignKeyConstraint(['to_id'], ['rep.id'], name=op.f('fk_rep_leave_to_id_rep')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rep_leave'))
    )
    op.create_index('ix_rep_leave_open', 'rep_leave', ['rep_id'], sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    with op.batch_alter_table('rep') as batch_op:
        batch_op.add_column(sa.Column('left_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('successor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('handed_over_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(op.f('fk_rep_successor_id_rep'), 'rep', ['successor_id'], ['id'])
    with op.batch_alter_table('task', **_KEPT_IDS) as batch_op:
        batch_op.add_column(sa.Column('leave_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.create_foreign_key(op.f('fk_task_leave_id_rep_leave'), 'rep_leave', ['leave_id'], ['id'])
    op.create_index('ix_task_leave', 'task', ['leave_id'], sqlite_where=sa.text(_OF_LEAVE), postgresql_where=sa.text(_OF_LEAVE))
    op.add_column('workspace', sa.Column('leave_revision', sa.String(), nullable=False, server_default=''))


def _drop_leave() -> None:
    op.drop_column('workspace', 'leave_revision')
    op.drop_index('ix_task_leave', 'task')
    with op.batch_alter_table('task', **_KEPT_IDS) as batch_op:
        batch_op.drop_constraint(op.f('fk_task_leave_id_rep_leave'), type_='foreignkey')
        batch_op.drop_column('leave_id')
    with op.batch_alter_table('rep') as batch_op:
        batch_op.drop_constraint(op.f('fk_rep_successor_id_rep'), type_='foreignkey')
        batch_op.drop_column('handed_over_at')
        batch_op.drop_column('successor_id')
        batch_op.drop_column('left_at')
    op.drop_index('ix_rep_leave_open', 'rep_leave')
    op.drop_table('rep_leave')


ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
KEPT = timedelta(days=7)  # of older hand-offs no cap will ever ask
INSTANT = sa.DateTime(timezone=True)


def _count_hand_offs() -> None:
    """Units move out of the messages into rows of their own."""
    op.create_table(
        'hand_off',
        sa.Column('id', ID, nullable=False),
        sa.Column('touch_id', ID, nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('mailbox_id', ID, nullable=True),
        sa.Column('domain', sa.String(), nullable=True),
        sa.Column('provider', sa.String(), nullable=True),
        sa.Column('prospect_id', ID, nullable=True),
        sa.Column('account_id', ID, nullable=True),
        sa.Column('is_guessed', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['touch_id'], ['touch.id'], name=op.f('fk_hand_off_touch_id_touch')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_hand_off')),
        sa.UniqueConstraint('touch_id', name=op.f('uq_hand_off_touch_id')),
    )
    for column in ('mailbox_id', 'domain', 'account_id'):
        there = sa.text(f'{column} IS NOT NULL')
        name = f"ix_hand_off_{column.removesuffix('_id')}"
        op.create_index(name, 'hand_off', [column, 'at'], sqlite_where=there, postgresql_where=there)
    op.create_index('ix_hand_off_prospect', 'hand_off', ['prospect_id', 'at'])
    op.create_index('ix_hand_off_at', 'hand_off', ['at'])
    op.add_column('mailbox', sa.Column('first_used_at', sa.DateTime(timezone=True), nullable=True))
    active = sa.text("status = 'active'")
    op.create_index('ix_enrollment_mailbox', 'enrollment', ['mailbox_id'], sqlite_where=active, postgresql_where=active)
    _move_units(op.get_bind())
    op.drop_index('ix_message_cap', 'message')
    op.execute("ALTER TABLE message DROP COLUMN counted_at")


def _move_units(connection: sa.Connection) -> None:
    """Which way the older ones left is not known. What only the send journal knows was counted where it stands."""
    counted = sa.column('counted_at', INSTANT)
    newest = connection.execute(sa.select(sa.func.max(counted)).select_from(sa.table('message'))).scalar()
    connection.execute(
        sa.text(
            "UPDATE mailbox SET first_used_at = "
            "(SELECT min(counted_at) FROM message WHERE message.mailbox_id = mailbox.id)"
        )
    )
    units = sa.text(
        "INSERT INTO hand_off (touch_id, at, mailbox_id, domain, provider, prospect_id, account_id, is_guessed) "
        "SELECT touch.id, message.counted_at, :mailbox, :domain, 'unknown', prospect.id, prospect.account_id, "
        "EXISTS (SELECT 1 FROM address WHERE address.prospect_id = prospect.id "
        "AND address.value = message.recipient AND address.quality = 'guessed') "
        "FROM message JOIN touch ON touch.id = message.touch_id JOIN prospect ON prospect.id = touch.prospect_id "
        "WHERE message.mailbox_id = :mailbox AND message.counted_at > :since"
    ).bindparams(sa.bindparam('since', type_=INSTANT))
    journaled = sa.text(
        "INSERT INTO hand_off (at, mailbox_id, domain, provider, is_guessed) "
        "SELECT max(at), :mailbox, :domain, 'unknown', :never FROM journaled_send "
        "WHERE mailbox_id = :mailbox GROUP BY message_id"
    ).bindparams(sa.bindparam('never', False, type_=sa.Boolean()))
    for mailbox, address in connection.execute(sa.text("SELECT id, address FROM mailbox")).all():
        here = {'mailbox': mailbox, 'domain': address.rpartition('@')[2].casefold()}
        if newest is not None:
            connection.execute(units, {**here, 'since': newest - KEPT})
        connection.execute(journaled, here)


def _count_messages() -> None:
    op.add_column('message', sa.Column('counted_at', INSTANT, nullable=True))
    op.execute("UPDATE message SET counted_at = (SELECT at FROM hand_off WHERE hand_off.touch_id = message.touch_id)")
    counted = sa.text('counted_at IS NOT NULL')
    index = ('ix_message_cap', 'message', ['mailbox_id', 'counted_at'])
    op.create_index(*index, sqlite_where=counted, postgresql_where=counted)
    op.drop_index('ix_enrollment_mailbox', 'enrollment')
    op.execute("ALTER TABLE mailbox DROP COLUMN first_used_at")
    op.drop_table('hand_off')


_WAITS = "'out_of_office', 'rep_away', 'rep_wrote', 'turn'"
_OF_PENDING = "status = 'pending'"


def _add_admission() -> None:
    """Whoever is enrolled has begun: nobody has waited until now."""
    with op.batch_alter_table('enrollment', **_KEPT_IDS) as batch_op:
        batch_op.add_column(sa.Column('admit_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('waits_for', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('admitted_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE enrollment SET admitted_at = enrolled_at")
    with op.batch_alter_table('enrollment', **_KEPT_IDS) as batch_op:
        batch_op.create_check_constraint(op.f('ck_enrollment_waits_for_is_known'), f"waits_for IS NULL OR waits_for IN ({_WAITS})")
        batch_op.create_check_constraint(op.f('ck_enrollment_wait_has_end'), "status <> 'pending' OR (admit_at IS NOT NULL AND waits_for IS NOT NULL)")
        batch_op.create_check_constraint(op.f('ck_enrollment_begun_has_instant'), "status IN ('pending', 'stopped') OR admitted_at IS NOT NULL")
    op.create_index('ix_enrollment_admit', 'enrollment', ['admit_at'], sqlite_where=sa.text(_OF_PENDING), postgresql_where=sa.text(_OF_PENDING))
    op.create_index('ix_enrollment_line', 'enrollment', ['rep_id'], sqlite_where=sa.text(_OF_PENDING), postgresql_where=sa.text(_OF_PENDING))
    op.create_index('ix_enrollment_begun', 'enrollment', ['rep_id', 'admitted_at'])
    op.create_table(
        'line_review',
        sa.Column('id', ID, nullable=False),
        sa.Column('rep_id', ID, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['rep_id'], ['rep.id'], name=op.f('fk_line_review_rep_id_rep')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_line_review')),
    )
    op.create_index('ix_line_review_at', 'line_review', ['at'])
    op.create_index(op.f('ix_line_review_rep_id'), 'line_review', ['rep_id'])


def _drop_admission() -> None:
    op.drop_table('line_review')
    for name in ('ix_enrollment_begun', 'ix_enrollment_line', 'ix_enrollment_admit'):
        op.drop_index(name, 'enrollment')
    with op.batch_alter_table('enrollment', **_KEPT_IDS) as batch_op:
        for name in ('begun_has_instant', 'wait_has_end', 'waits_for_is_known'):
            batch_op.drop_constraint(op.f(f'ck_enrollment_{name}'), type_='check')
        for name in ('admitted_at', 'waits_for', 'admit_at'):
            batch_op.drop_column(name)


def upgrade() -> None:
    _tell_managers()
    # SQLite and PostgreSQL both rename the column within its index, too; a batch would copy the whole table.
    op.execute("ALTER TABLE touch RENAME COLUMN skip_at TO late_at")
    _add_leave()
    _count_hand_offs()
    _add_admission()


def downgrade() -> None:
    _drop_admission()
    _count_messages()
    _drop_leave()
    op.execute("ALTER TABLE touch RENAME COLUMN late_at TO skip_at")
    _tell_nobody()
