"""People enter a sequence: one, a list, or thousands, with a dry run that says who would be refused and why."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.calendar import Calendar
from engine.core.capacity import Flood
from engine.core.consent import forbids_all
from engine.core.enrollment import EnrollmentStatus, StopReason
from engine.core.errors import BadInput
from engine.core.guards import Candidate, Engagement, Refusal, may_enroll
from engine.core.sequence import AudienceKind, Verb, measured_formula
from engine.core.sequence import Sequence as SequencePlan
from engine.operations import facts
from engine.operations.act import Act, act_on
from engine.operations.admission.beginnings import Beginnings, Whereabouts
from engine.operations.admission.lines import Turn
from engine.operations.admission.staggering import Newcomers, Part, share_out
from engine.operations.context import Context
from engine.operations.days.open_days import calendar_for, place_of
from engine.operations.lifecycle import stopping
from engine.operations.plans import Plan
from engine.operations.reaching.companies import Room
from engine.operations.reaching.country_gate import CountryGate, Unasked
from engine.operations.reaching.reachability import missing_variables
from engine.store import enrollments, people, plans, suppressions, touches
from engine.store.connection import Record


@dataclass(frozen=True, slots=True)
class Order:
    """Who should enter what. `reps` take people whom nobody owns, in turn; `batch` names the list it came from.

    `is_follow_on`: another sequence handed the person over, so the quiet time since the last touch does not count, and
    nobody waits for a turn. `when_too_many` goes before what the workspace says of more people than a rep can take.
    """

    sequence: str
    people: tuple[int, ...]
    actor: str
    reps: tuple[str, ...] = ()
    batch: str = "single"
    dry_run: bool = False
    is_follow_on: bool = False
    when_too_many: Flood | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """`day_one` is the person's own; `begins_at` is given where that is not at once."""

    prospect_id: int
    name: str
    rep: str
    runs: str  # the formula that this person's addresses allow
    day_one: date
    enrollment_id: int | None = None
    begins_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    prospect_id: int
    name: str
    reason: Refusal


@dataclass(frozen=True, slots=True)
class Report:
    """`runs` counts how many people would run which formula, `missing` what the templates lack for how many, and
    `unasked` for how many a channel is closed; `newcomers` say what comes to each rep, where people begin in turn.
    """

    sequence: str
    declared: str
    enrolled: tuple[Enrolled, ...] = ()
    refused: tuple[Refused, ...] = ()
    runs: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    unasked: tuple[Unasked, ...] = ()
    newcomers: tuple[Newcomers, ...] = ()

    @property
    def reasons(self) -> Counter[str]:
        return Counter(refused.reason.value for refused in self.refused)


def enroll(ctx: Context, order: Order) -> Report:
    """One transaction for the whole list. Raises BadInput over the sequence's batch limit and for a rep who has left,
    NotFound for its key, and TooMany where a rep is not to have that many.
    """
    with act_on(ctx, *order.people, actor=order.actor) as act:
        return enroll_in(act, order)


def enroll_in(act: Act, order: Order) -> Report:
    """`enroll` within an act that holds the prospects."""
    plan = act.ctx.shelf.live_plan(act.connection, order.sequence)
    wanted = tuple(dict.fromkeys(order.people))
    _check_batch(plan.sequence, len(wanted))
    rows = people.with_accounts(act.connection, wanted)
    desk = _Desk(act, plan, order, rows)
    refusals = {row.id: desk.refusal(row) for row in rows}
    refused = [Refused(row.id, row.name, no) for row in rows if (no := refusals[row.id]) is not None]
    refused += [Refused(one, "", Refusal.UNKNOWN_PERSON) for one in wanted if one not in refusals]
    admitted = [row for row in rows if refusals[row.id] is None]
    newcomers, turns = desk.take_turns(admitted)
    ids: list[int | None] = [None] * len(admitted) if order.dry_run else [*desk.admit(admitted, turns)]
    missing: Counter[str] = desk.missing(admitted) if order.dry_run else Counter()
    enrolled = [desk.enrolled(row, made, turns.get(row.id)) for row, made in zip(admitted, ids, strict=True)]
    return Report(
        sequence=order.sequence,
        declared=str(plan.sequence.formula),
        enrolled=tuple(enrolled),
        refused=tuple(refused),
        runs=Counter(one.runs for one in enrolled),
        missing=missing,
        unasked=desk.gate.unasked(admitted, desk.kinds),
        newcomers=newcomers,
    )


def _check_batch(sequence: SequencePlan, count: int) -> None:
    limit = sequence.audience.batch_at_most
    if limit is not None and count > limit:
        raise BadInput(
            f"{sequence.key} takes at most {limit} people at once and {count} were given; "
            f"split the list into parts of {limit}",
            limit=limit,
            given=count,
        )


class _Desk:
    """One enrollment order: what is known of its people, read once in bulk, and the rows that follow from it."""

    def __init__(self, act: Act, plan: Plan, order: Order, rows: Sequence[Record]) -> None:
        self.act, self.plan, self.order, self.now = act, plan, order, act.now
        self.workspace = act.workspace
        self.blocked = {stage.key for stage in self.workspace.stages if stage.blocks_outbound}
        connection, ids = act.connection, [row.id for row in rows]
        self.kinds = people.usable_kinds(connection, ids)
        self.gate = CountryGate(act, plan.sequence, rows, is_follow_on=order.is_follow_on)
        self.room = Room(act, plan.sequence, rows)
        self.suppressed = suppressions.covering(connection, ids)
        self.rounds = people.enrollments_of(connection, ids)
        self.last_touch = people.last_touch_at(connection, ids)
        self.reps = {rep.id: rep for rep in plans.reps(connection)}
        self.mailboxes = plans.first_mailboxes(connection)
        self.turn = _in_turn(act, order)
        self.audiences = plans.audience_kinds(connection)
        self._whereabouts: dict[int, Whereabouts] = {}
        self._assigned: dict[int, int | None] = {}
        self._beginnings = Beginnings(self.workspace, plan.sequence)
        self._runs: dict[tuple[frozenset[str], frozenset[Verb]], str] = {}

    def refusal(self, row: Record) -> Refusal | None:
        """Asked once about each: whoever may enter takes a place at their company."""
        refused = may_enroll(self.plan.sequence, self._candidate(row), self.now)
        if refused is None:
            self.room.enter(row)
        return refused

    def enrolled(self, row: Record, enrollment_id: int | None, turn: Turn | None) -> Enrolled:
        rep, day_one = self._rep_row(row).key, self._day_one(row, turn)
        return Enrolled(row.id, row.name, rep, self.runs(row), day_one, enrollment_id, turn.at if turn else None)

    def _day_one(self, row: Record, turn: Turn | None) -> date:
        return self._beginnings.at(turn.at if turn else self.now, self._where(row)).day_one

    def runs(self, row: Record) -> str:
        key = frozenset(self.kinds.get(row.id, ())), self.gate.closed(row)
        if key not in self._runs:
            families, sequence = facts.families_of(key[0]), self.plan.sequence
            steps = tuple(step for step in sequence.steps if step.do.family in families and step.do not in key[1])
            self._runs[key] = str(measured_formula(replace(sequence, steps=steps)))
        return self._runs[key]

    def missing(self, rows: Sequence[Record]) -> Counter[str]:
        return missing_variables(self.act, self.plan, [(row, self._rep_row(row).id) for row in rows])

    def take_turns(self, rows: Sequence[Record]) -> tuple[tuple[Newcomers, ...], dict[int, Turn]]:
        """What comes to each rep, and the turns of those who do not begin at once. Raises TooMany."""
        if self.plan.sequence.audience.kind is not AudienceKind.OUTBOUND or self.order.is_follow_on:
            return (), {}
        whose: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            whose[self._rep_row(row).id].append(row.id)
        parts = [Part(self.reps[rep], people) for rep, people in sorted(whose.items())]
        return share_out(
            self.act, self.plan, parts, when_too_many=self.order.when_too_many, is_dry_run=self.order.dry_run
        )

    def admit(self, rows: Sequence[Record], turns: Mapping[int, Turn]) -> list[int]:
        if self.plan.sequence.audience.kind is AudienceKind.INBOUND:
            self._supersede(rows)
        connection = self.act.connection
        ids = enrollments.add_many(connection, [self._enrollment(row, turns.get(row.id)) for row in rows])
        new: list[dict[str, Any]] = []
        for row, enrollment_id in zip(rows, ids, strict=True):
            if row.id not in turns:
                where = self._where(row)
                new += self._beginnings.touch_rows(self.now, where, enrollment_id=enrollment_id, person=row.id)
        touches.add_many(connection, new)
        self.gate.record_requests(rows, source=self.order.batch, actor=self.order.actor)
        who = [row.id for row in rows]
        self.act.record("enroll", "sequence", self.plan.sequence.key, batch=self.order.batch, people=who)
        return ids

    def _supersede(self, rows: Sequence[Record]) -> None:
        note = f"superseded by {self.plan.sequence.key}"
        for row in rows:
            if any(_is_live(one) for one in self.rounds.get(row.id, ())):
                stopping.stop_person(self.act, row.id, StopReason.SUPERSEDED, note)

    def _candidate(self, row: Record) -> Candidate:
        rounds = self.rounds.get(row.id, ())
        begun = [(one.sequence_key, one.admitted_at) for one in rounds if one.admitted_at is not None]
        mine = [start for key, start in begun if key == self.plan.sequence.key]
        outbound = [start for key, start in begun if self.audiences.get(key) == AudienceKind.OUTBOUND]
        return Candidate(
            engagement=engagement_of(row, self._rep(row), self.blocked),
            families=facts.families_of(self.kinds.get(row.id, ())),
            zone=ZoneInfo(row.zone or row.account_zone or self.workspace.zone),
            calendar=self._calendar(row),
            closed=self.gate.closed(row),
            is_suppressed=forbids_all(self.suppressed.get(row.id, ())),
            live_sequences=tuple(one.sequence_key for one in rounds if _is_live(one)),
            past_rounds=tuple(mine),
            outbound_rounds=tuple(outbound),
            last_touch_at=None if self.order.is_follow_on else self.last_touch.get(row.id),
            quiet_until=row.quiet_until,
            is_company_full=self.room.is_full(row),
        )

    def _rep(self, row: Record) -> int | None:
        """The person's owner, else the account's, else the reps of the order in turn."""
        if row.id not in self._assigned:
            owner = next((one for one in (row.owner_id, row.account_owner_id) if one in self.reps), None)
            if owner is None and self.turn:
                owner = self.turn[len(self._assigned) % len(self.turn)]
            self._assigned[row.id] = owner
        return self._assigned[row.id]

    def _calendar(self, row: Record) -> Calendar:
        return calendar_for(self.workspace, place_of(row), self.now.date())

    def _rep_row(self, row: Record) -> Record:
        rep = self._rep(row)
        assert rep is not None  # noqa: S101 - may_enroll refused everybody without one
        return self.reps[rep]

    def _zone(self, row: Record) -> tuple[str, str]:
        return facts.zone_for(self.plan.sequence, row, self._rep_row(row).zone, self.workspace)

    def _where(self, row: Record) -> Whereabouts:
        if row.id not in self._whereabouts:
            zone, rep = self._zone(row)[0], self._rep_row(row).key
            self._whereabouts[row.id] = Whereabouts(zone, place_of(row), rep, self.gate.law(row))
        return self._whereabouts[row.id]

    def _enrollment(self, row: Record, turn: Turn | None) -> dict[str, Any]:
        rep = self._rep_row(row)
        zone, origin = self._zone(row)
        mine = [one.rotation for one in self.rounds.get(row.id, ()) if one.sequence_key == self.plan.sequence.key]
        return {
            "prospect_id": row.id,
            "sequence_key": self.plan.sequence.key,
            "version_id": self.plan.version_id,
            "rotation": max(mine, default=0) + 1,
            "status": (EnrollmentStatus.PENDING if turn else EnrollmentStatus.ACTIVE).value,
            "rep_id": rep.id,
            "mailbox_id": self.mailboxes.get(rep.id),
            "locale": row.locale,
            "zone": zone,
            "zone_origin": origin,
            "day_one": self._day_one(row, turn),
            "enrolled_at": self.now,
            "admit_at": turn.at if turn else None,
            "waits_for": turn.waits_for if turn else None,
            "admitted_at": None if turn else self.now,
            "batch": self.order.batch,
            "actor": self.order.actor,
        }


def _in_turn(act: Act, order: Order) -> list[int]:
    """Nobody is sent to whoever works here no more; who goes on in another sequence is refused for want of a rep."""
    reps = [plans.rep_by_key(act.connection, key) for key in order.reps]
    gone = [rep.key for rep in reps if not rep.is_active]
    if gone and not order.is_follow_on:
        raise BadInput(f"{gone[0]} works here no more; name an active rep", field="reps")
    return [rep.id for rep in reps if rep.is_active]


def engagement_of(row: Record, rep: int | None, blocked: set[str]) -> Engagement:
    return Engagement(
        relationship=row.account_relationship or "prospect",
        rep=rep,
        account_owner=row.account_owner_id,
        is_stage_blocked=row.stage in blocked,
        stage=row.stage,
        last_reply_at=row.last_reply_at,
    )


def _is_live(row: Record) -> bool:
    return EnrollmentStatus(row.status).is_live
