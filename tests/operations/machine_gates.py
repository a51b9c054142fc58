"""What stands in everybody's way, and is taken away again: unread answers, a restored backup, harm that was done."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import delete, insert, update

from engine.core.providers import Replies
from engine.operations.safeguards import health, restoring
from engine.store import plans, tables
from tests.operations.machine_setting import Setting, refusals


class Gates(Setting):
    """Rules about the installation as a whole."""

    @rule(hears=st.sampled_from((True, True, False)))
    def read_answers(self, *, hears: bool) -> None:
        """From now on the mailboxes are read, up to this instant or not at all."""
        boxes = self.world.rows("mailbox")
        self.world.ctx = replace(self.world.ctx, replies={row.address.casefold(): Replies.IMAP for row in boxes})
        at = self.now if hears else None
        with self.world.ctx.database.write() as connection:
            connection.execute(delete(tables.mail_sync))
            rows = [{"mailbox_id": row.id, "folder": "INBOX", "synced_at": at} for row in boxes]
            connection.execute(insert(tables.mail_sync), rows)

    @rule()
    def stop_reading(self) -> None:
        """Answers are entered by hand again."""
        self.world.ctx = replace(self.world.ctx, replies={})

    @rule(is_held=st.sampled_from((False, False, True)))
    def hold_everything(self, *, is_held: bool) -> None:
        """As after a restore; and somebody has looked."""
        if not is_held:
            with refusals():
                restoring.release(self.world.ctx, actor="test")
            return
        with self.world.ctx.database.write() as connection:
            plans.hold_for_recovery(connection, since=self.now, note="restored")
            connection.execute(update(tables.workspace).values(epoch=tables.workspace.c.epoch + 1))

    @rule(scope=st.sampled_from(("domain", "batch", "none", "none")))
    def trip(self, scope: str) -> None:
        """Complaints about the domain, or bounces of the order; then somebody releases what is stopped."""
        if scope == "none":
            for one in self.world.rows("breaker", cleared_at=None):
                health.release(self.world.ctx, one.id, actor="test")
            return
        domain = str(self.world.rows("mailbox")[0].address).rpartition("@")[2]
        orders = {f"single {row.enrolled_at.isoformat()}" for row in self.world.rows("enrollment")}
        for key in {domain} if scope == "domain" else orders:
            row = {"scope": scope, "key": key, "level": "stop", "reason": "test", "detail": "", "at": self.now}
            if not self.world.rows("breaker", scope=scope, key=key, cleared_at=None):
                with self.world.ctx.database.write() as connection:
                    connection.execute(insert(tables.breaker).values(**row))
