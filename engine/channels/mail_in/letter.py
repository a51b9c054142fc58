"""One mail as everybody here reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message

_OPENING = 4_000  # characters
Fields = Mapping[str, tuple[str, ...]]  # by name in lower case; decoded, on one line


@dataclass(frozen=True, slots=True)
class Letter:
    """`text` is all of it, `new_words` what its writer added to the thread. `refers_to` are Message-IDs, nearest first.

    `statuses` are the blocks of an RFC 3464 report, `feedback` the fields of an RFC 5965 one, `returned` the header of
    the mail that is reported about. `calendar` is the method of an invitation (RFC 5546).
    """

    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    new_words: str
    message_id: str | None
    refers_to: tuple[str, ...]
    fields: Fields
    mail: Message = field(repr=False, compare=False)
    report: str | None = None
    statuses: tuple[Fields, ...] = ()
    feedback: Fields | None = None
    returned: Fields | None = None
    attachments: tuple[str, ...] = ()
    calendar: str | None = None

    @property
    def opening(self) -> str:
        """Subject and first words: what a notice has to say stands there, and no pattern runs for long."""
        return f"{self.subject[:500]}\n{self.new_words[:_OPENING]}"

    def first(self, name: str) -> str:
        return first(self.fields, name)


def first(fields: Fields | None, name: str) -> str:
    return (fields or {}).get(name, ("",))[0]
