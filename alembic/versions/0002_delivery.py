"""What delivery needs: arrivals, evidence, consent, breakers, calls, tracked links.

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


_KINDS = (
    "auto_replied", "bounced", "clicked", "complained", "delivered", "hand_sent", "meeting_booked", "opted_out",
    "out_of_office", "replied", "soft_bounced", "stop_asked",
)
_NEW_KINDS = ("challenged", "left_company", "machine_clicked", "opted_in", "sender_refused", "undelivered")


def _admit(kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in sorted(kinds))
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint(op.f("ck_event_kind_is_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_event_kind_is_known"), f"kind IN ({allowed})")


def _give_ids_once(*, once: bool) -> None:
    """SQLite gives the newest row's id again after that row was deleted, unless the table is made with AUTOINCREMENT.

    PostgreSQL's sequences never go back. These are the tables from which an undo deletes.
    """
    if op.get_bind().dialect.name == "sqlite":
        for table in ("enrollment", "touch", "task"):
            with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": once}):
                pass


def upgrade() -> None:
    _admit(_KINDS + _NEW_KINDS)
    _give_ids_once(once=True)
    op.create_table('breaker',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resume_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cleared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cleared_by', sa.String(), nullable=True),
    sa.CheckConstraint("level IN ('alert', 'stop')", name=op.f('ck_breaker_level_is_known')),
    sa.CheckConstraint("scope IN ('batch', 'channel', 'domain', 'mailbox')", name=op.f('ck_breaker_scope_is_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_breaker'))
    )
    with op.batch_alter_table('breaker', schema=None) as batch_op:
        batch_op.create_index('uq_breaker_open', ['scope', 'key', 'level'], unique=True, sqlite_where=sa.text('cleared_at IS NULL'), postgresql_where=sa.text('cleared_at IS NULL'))

    op.create_table('journaled_send',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('touch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('recipient_key', sa.String(), nullable=False),
    sa.Column('sequence_key', sa.String(), nullable=False),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('repeat', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('mailbox_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('met_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journaled_send')),
    sa.UniqueConstraint('touch_id', 'attempt', name=op.f('uq_journaled_send_touch_id_attempt'))
    )
    with op.batch_alter_table('journaled_send', schema=None) as batch_op:
        batch_op.create_index('ix_journaled_send_cap', ['mailbox_id', 'at'], unique=False, sqlite_where=sa.text('mailbox_id IS NOT NULL'), postgresql_where=sa.text('mailbox_id IS NOT NULL'))
        batch_op.create_index('ix_journaled_send_open', ['recipient_key'], unique=False, sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))

    op.create_table('arrival',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('dedupe_key', sa.String(), nullable=False),
    sa.Column('mailbox_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('headers', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status IN ('applied', 'ignored', 'stuck', 'waiting')", name=op.f('ck_arrival_status_is_known')),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailbox.id'], name=op.f('fk_arrival_mailbox_id_mailbox')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_arrival')),
    sa.UniqueConstraint('provider', 'dedupe_key', name=op.f('uq_arrival_provider_dedupe_key')),
    sqlite_autoincrement=True,
    )
    with op.batch_alter_table('arrival', schema=None) as batch_op:
        batch_op.create_index('ix_arrival_waiting', ['id'], unique=False, sqlite_where=sa.text("status = 'waiting'"), postgresql_where=sa.text("status = 'waiting'"))

    op.create_table('mail_sync',
    sa.Column('mailbox_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('folder', sa.String(), nullable=False),
    sa.Column('uid_validity', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last_uid', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('synced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailbox.id'], name=op.f('fk_mail_sync_mailbox_id_mailbox')),
    sa.PrimaryKeyConstraint('mailbox_id', 'folder', name=op.f('pk_mail_sync'))
    )
    op.create_table('consent',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('prospect_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('address_key', sa.String(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_reason', sa.String(), nullable=True),
    sa.CheckConstraint("basis IN ('contract', 'express', 'implied', 'opt_out_notice', 'request')", name=op.f('ck_consent_basis_is_known')),
    sa.CheckConstraint("channel IN ('email', 'phone', 'sms')", name=op.f('ck_consent_channel_is_known')),
    sa.ForeignKeyConstraint(['prospect_id'], ['prospect.id'], name=op.f('fk_consent_prospect_id_prospect')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index('ix_consent_live', ['prospect_id', 'channel'], unique=False, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.create_table('doubt',
    sa.Column('touch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('ask_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('empty_since', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['touch_id'], ['touch.id'], name=op.f('fk_doubt_touch_id_touch')),
    sa.PrimaryKeyConstraint('touch_id', name=op.f('pk_doubt'))
    )
    op.execute(
        "INSERT INTO doubt (touch_id, attempt, since, asked, ask_at) "
        "SELECT id, attempt, due_at, 0, due_at FROM touch WHERE status = 'in_doubt'"
    )
    op.create_table('tracked_link',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('touch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('visited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('machine_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('clicked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['touch_id'], ['touch.id'], name=op.f('fk_tracked_link_touch_id_touch')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tracked_link'))
    )
    with op.batch_alter_table('tracked_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tracked_link_touch_id'), ['touch_id'], unique=False)
        batch_op.create_index('ix_tracked_link_waiting', ['visited_at'], unique=False, sqlite_where=sa.text('visited_at IS NOT NULL'), postgresql_where=sa.text('visited_at IS NOT NULL'))

    op.create_table('call',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('task_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('prospect_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rep_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rep_number', sa.String(), nullable=False),
    sa.Column('prospect_number', sa.String(), nullable=False),
    sa.Column('caller_id', sa.String(), nullable=False),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('answered_by', sa.String(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seconds', sa.Integer(), nullable=True),
    sa.Column('cost', sa.String(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.CheckConstraint("status IN ('busy', 'cancelled', 'completed', 'failed', 'no_answer', 'ringing_prospect', 'ringing_rep', 'starting', 'talking')", name=op.f('ck_call_status_is_known')),
    sa.ForeignKeyConstraint(['prospect_id'], ['prospect.id'], name=op.f('fk_call_prospect_id_prospect')),
    sa.ForeignKeyConstraint(['rep_id'], ['rep.id'], name=op.f('fk_call_rep_id_rep')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_call_task_id_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_call_provider_id'))
    )
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_prospect_id'), ['prospect_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_call_task_id'), ['task_id'], unique=False)
        batch_op.create_index('uq_call_live', ['rep_id'], unique=True, sqlite_where=sa.text("status IN ('ringing_prospect', 'ringing_rep', 'starting', 'talking')"), postgresql_where=sa.text("status IN ('ringing_prospect', 'ringing_rep', 'starting', 'talking')"))

    op.create_index('ix_doubt_ask_at', 'doubt', ['ask_at'])
    op.create_index(
        'ix_task_snoozed', 'task', ['snoozed_until'],
        sqlite_where=sa.text("status = 'snoozed'"), postgresql_where=sa.text("status = 'snoozed'"),
    )
    op.create_index(
        'ix_pause_resume', 'pause', ['resume_at'],
        sqlite_where=sa.text("resume_at IS NOT NULL"), postgresql_where=sa.text("resume_at IS NOT NULL"),
    )
    op.create_index(
        'ix_touch_complained', 'touch', ['complained_at'],
        sqlite_where=sa.text("complained_at IS NOT NULL"), postgresql_where=sa.text("complained_at IS NOT NULL"),
    )

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('segments', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('cost', sa.String(), nullable=True))

    op.create_index(op.f('ix_enrollment_batch'), 'enrollment', ['batch'], unique=False)
    with op.batch_alter_table('workspace', schema=None) as batch_op:
        batch_op.add_column(sa.Column('held_since', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('held_note', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('epoch', sa.Integer(), nullable=False, server_default='0'))



def downgrade() -> None:
    new = ", ".join(f"'{kind}'" for kind in _NEW_KINDS)
    op.execute(f"UPDATE task SET event_id = NULL WHERE event_id IN (SELECT id FROM event WHERE kind IN ({new}))")
    op.execute(f"DELETE FROM event WHERE kind IN ({new})")
    _admit(_KINDS)
    _give_ids_once(once=False)
    op.drop_index('ix_touch_complained', 'touch')
    op.drop_index('ix_pause_resume', 'pause')
    op.drop_index('ix_task_snoozed', 'task')
    op.drop_index(op.f('ix_enrollment_batch'), table_name='enrollment')
    with op.batch_alter_table('workspace', schema=None) as batch_op:
        batch_op.drop_column('epoch')
        batch_op.drop_column('held_note')
        batch_op.drop_column('held_since')

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_column('cost')
        batch_op.drop_column('segments')

    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.drop_index('uq_call_live', sqlite_where=sa.text("status IN ('ringing_prospect', 'ringing_rep', 'starting', 'talking')"), postgresql_where=sa.text("status IN ('ringing_prospect', 'ringing_rep', 'starting', 'talking')"))
        batch_op.drop_index(batch_op.f('ix_call_task_id'))
        batch_op.drop_index(batch_op.f('ix_call_prospect_id'))

    op.drop_table('call')
    with op.batch_alter_table('tracked_link', schema=None) as batch_op:
        batch_op.drop_index('ix_tracked_link_waiting', sqlite_where=sa.text('visited_at IS NOT NULL'), postgresql_where=sa.text('visited_at IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_tracked_link_touch_id'))

    op.drop_table('tracked_link')
    op.drop_index('ix_doubt_ask_at', 'doubt')
    op.drop_table('doubt')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_live', sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.drop_table('consent')
    op.drop_table('mail_sync')
    with op.batch_alter_table('arrival', schema=None) as batch_op:
        batch_op.drop_index('ix_arrival_waiting', sqlite_where=sa.text("status = 'waiting'"), postgresql_where=sa.text("status = 'waiting'"))

    op.drop_table('arrival')
    with op.batch_alter_table('journaled_send', schema=None) as batch_op:
        batch_op.drop_index('ix_journaled_send_cap', sqlite_where=sa.text('mailbox_id IS NOT NULL'), postgresql_where=sa.text('mailbox_id IS NOT NULL'))
        batch_op.drop_index('ix_journaled_send_open', sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))

    op.drop_table('journaled_send')
    with op.batch_alter_table('breaker', schema=None) as batch_op:
        batch_op.drop_index('uq_breaker_open', sqlite_where=sa.text('cleared_at IS NULL'), postgresql_where=sa.text('cleared_at IS NULL'))

    op.drop_table('breaker')
