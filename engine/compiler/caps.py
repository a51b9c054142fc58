"""`caps:` of `workspace.yaml` to `engine.core.workspace.Caps`, and what is wrong with it beyond its shape."""

from collections.abc import Iterator
from datetime import date

from engine.compiler.caps_shape import CapsShape
from engine.compiler.draft import Draft
from engine.compiler.problems import Complaint, Problem, did_you_mean
from engine.compiler.words import shown
from engine.compiler.workspace_shape import WorkspaceShape
from engine.core.workspace import Caps, ProviderCaps


def caps_of(shape: CapsShape | None) -> Caps:
    if shape is None:
        return Caps()
    gap = shape.mailbox_gap
    return Caps(
        mailbox_per_day=shape.mailbox_per_day,
        mailbox_gap=int(gap.as_timedelta().total_seconds()) if gap else Caps().mailbox_gap,
        gap_spread=shape.gap_spread,
        mailbox_start=shape.mailbox_start,
        mailbox_step=shape.mailbox_step,
        mailbox_per_hour=shape.mailbox_per_hour,
        new_domains={name.casefold(): date.fromisoformat(since) for name, since in shape.new_domains.items()},
        domain_per_day=shape.domain_per_day,
        domain_start=shape.domain_start,
        domain_step=shape.domain_step,
        guessed_share=shape.guessed_share,
        person_per_day=shape.person_per_day,
        account_people_per_day=shape.account_people_per_day,
        account_active=shape.account_active,
        workspace_per_day=shape.workspace_per_day,
        providers={name.casefold(): ProviderCaps(one.per_day, one.per_hour) for name, one in shape.providers.items()},
    )


def unused_domains(drafted: Draft[WorkspaceShape]) -> Iterator[Problem]:
    """A domain from which no mailbox sends is a slip of the pen, and the real one would send like an old one."""
    caps = drafted.shape.caps
    if caps is None or not drafted.is_intact("reps"):
        return
    boxes = (mailbox for rep in drafted.shape.reps for mailbox in rep.mailboxes)
    known = {box.address.rpartition("@")[2].casefold() for box in boxes}
    for name in caps.new_domains:
        if name.casefold() not in known:
            advice = did_you_mean(name.casefold(), known, "write the domain of a mailbox under `reps:`")
            told = Complaint("unused-domain", f"no mailbox sends from {shown(name)}", "the domain of a mailbox", advice)
            yield drafted.document.problem(("caps", "new_domains", name), told, at_key=True)
