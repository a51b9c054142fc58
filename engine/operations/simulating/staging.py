"""What a simulation file asks for, as a script to play: from the files of a project alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import count
from zoneinfo import ZoneInfo

from engine.compiler import SimulationShape, capacity_from
from engine.compiler.simulation_shape import LeadsShape, PlaceShape, RatesShape
from engine.contacts.zones import Place as Whereabouts
from engine.contacts.zones import Zone, resolve_zone
from engine.core.admission import share_of
from engine.core.capacity import Capacity
from engine.core.clock import day_start, local_instant
from engine.core.errors import BadInput
from engine.core.sequence import AudienceKind
from engine.core.sequence import Sequence as Plan
from engine.core.slots import Setting
from engine.core.workspace import Workspace
from engine.operations import facts
from engine.operations.days.open_days import Place
from engine.operations.workers import worker_of
from engine.simulation.dice import Dice
from engine.simulation.rates import UNANSWERED, USUAL, Rates
from engine.simulation.script import Lead, Script, Worker
from engine.simulation.script import Plan as PlanKind

_NINE = datetime.min.time().replace(hour=9)
_ONE_DAY = timedelta(days=1)


def script_of(workspace: Workspace, sequences: Mapping[str, Plan], asked: SimulationShape, today: date) -> Script:
    """`sequences` by key, drafts included; whatever `asked` names is there. It begins today unless it says when."""
    cast = Cast(workspace, sequences, asked, first_day(asked, today))
    starts = [day_start(cast.first, worker.time.zone) for worker in cast.workers]
    ends = [day_start(cast.first + timedelta(days=asked.days), worker.time.zone) for worker in cast.workers]
    return Script(
        workspace=workspace if asked.mailboxes == "new" else _warmed_up(workspace),
        sequences=sequences,
        workers=cast.workers,
        leads=tuple(cast.leads()),
        start=min(starts),
        end=max(ends),
        seed=asked.seed,
        rates=rates_of(asked),
        plan=PlanKind(asked.plan),
    )


def _warmed_up(workspace: Workspace) -> Workspace:
    """No file says how long a mailbox has been in use."""
    caps = workspace.caps
    return replace(workspace, caps=replace(caps, mailbox_start=caps.mailbox_per_day))


def first_day(asked: SimulationShape, today: date) -> date:
    return date.fromisoformat(asked.from_) if asked.from_ else today


def rates_of(asked: SimulationShape) -> Mapping[AudienceKind, Rates]:
    """The assumptions, with what the file knows better."""
    if not asked.stops:
        return UNANSWERED
    changed = {AudienceKind(audience): rates for audience, rates in (asked.rates or {}).items()}
    return {kind: _changed(usual, changed.get(kind)) for kind, usual in USUAL.items()}


def _changed(usual: Rates, known: RatesShape | None) -> Rates:
    if known is None:
        return usual
    shares = {name: share for name, share in known.model_dump(exclude={"outcomes"}).items() if share is not None}
    outcomes = {**usual.outcomes, **{str(kind): weights for kind, weights in (known.outcomes or {}).items()}}
    return replace(usual, **shares, outcomes=outcomes)


@dataclass(frozen=True)
class Cast:
    """Who works, and who comes."""

    workspace: Workspace
    sequences: Mapping[str, Plan]
    asked: SimulationShape
    first: date

    @cached_property
    def workers(self) -> tuple[Worker, ...]:
        return tuple(self._worker(key, mailbox) for key, mailbox in self._names())

    def _names(self) -> list[tuple[str, str | None]]:
        """Each with the mailbox that their mails leave from."""
        if self.asked.standard_reps is not None:
            return [(f"rep-{number}",) * 2 for number in range(1, self.asked.standard_reps + 1)]
        reps = [rep for rep in self.workspace.reps if rep.leaves_to is None]
        boxes = {rep.key: rep.mailboxes[0].address if rep.mailboxes else None for rep in reps}
        return [(key, boxes[key]) for key in self.asked.reps or boxes]

    def _worker(self, key: str, mailbox: str | None) -> Worker:
        worker = worker_of(self.workspace, key, self.first, mailbox)
        return replace(worker, capacity=self._capacity(worker.capacity).within(worker.time.hours))

    def _capacity(self, usual: Capacity) -> Capacity:
        return capacity_from(self.asked.capacity, usual) if self.asked.capacity is not None else usual

    def leads(self) -> Iterator[Lead]:
        """Numbered from 1; of a group, each day's come one after the other and go in turn to the reps who work then."""
        dice, number = Dice(self.asked.seed), 0
        for index, group in enumerate(self.asked.leads):
            settings = _Settings(self, group)
            for place, (day, share, worker) in enumerate(self._arrivals(group)):
                number += 1
                whereabouts = _one_place(dice, group, index, place)
                yield Lead(
                    id=number,
                    at=_moment(group, day, share, worker),
                    sequence=group.sequence,
                    worker=worker.key,
                    setting=settings.of(worker, whereabouts),
                    account=index * 1_000_000 + place % group.companies if group.companies else None,
                )

    def _takers(self, group: LeadsShape) -> list[Worker]:
        found = [one for one in self.workers if group.reps is None or one.key in group.reps]
        if not found:
            raise BadInput(f"nobody who works takes the leads of {group.sequence}; name reps who do", field="reps")
        return found

    def _arrivals(self, group: LeadsShape) -> Iterator[tuple[date, float, Worker]]:
        """The day of each, how far into its hours of arrival, and to whom they go."""
        takers, turn, many = self._takers(group), count(), group.people or group.per_day or 0
        for day in (self.first + timedelta(days=number) for number in range(self.asked.days)):
            there = takers if group.people is not None else [one for one in takers if one.time.is_workday(day)]
            for number in range(many if there else 0):
                yield day, number / many, there[next(turn) % len(there)]
            if group.people is not None:
                return


def _moment(group: LeadsShape, day: date, share: float, worker: Worker) -> datetime:
    """On the clock of the rep who gets them."""
    first, last = (local_instant(day, at, worker.time.zone) for at in group.at or (_NINE, _NINE))
    return first + (last - first) * share


def _one_place(dice: Dice, group: LeadsShape, index: int, number: int) -> PlaceShape | None:
    if group.where is None:
        return None
    shares = {str(place): one.share for place, one in enumerate(group.where)}
    return group.where[int(dice.weighted(shares, "lives", index, number))]


class _Settings:
    """Each is made once: people of one place and one rep share theirs."""

    def __init__(self, cast: Cast, group: LeadsShape) -> None:
        self._cast = cast
        self._is_inbound = cast.sequences[group.sequence].audience.kind is AudienceKind.INBOUND
        self._made: dict[tuple[str, int | None], Setting] = {}

    def of(self, worker: Worker, place: PlaceShape | None) -> Setting:
        key = (worker.key, id(place) if place is not None else None)
        if key not in self._made:
            self._made[key] = self._make(worker, place)
        return self._made[key]

    def _make(self, worker: Worker, place: PlaceShape | None) -> Setting:
        workspace, rep = self._cast.workspace, self._cast.workspace.rep(worker.key)
        near = Place(rep.country, rep.region) if rep is not None else Place()
        where = Place(place.country, place.region) if place is not None and place.country else near
        zone = _zone(place, worker.time.zone)
        policy = workspace.policy_for(where.country or workspace.country)
        return facts.setting_for(
            workspace,
            zone=zone,
            place=where,
            rep_key=worker.key,
            today=self._cast.first,
            law=facts.law_for(policy, where.region),
            is_inbound=self._is_inbound,
        )


def _zone(place: PlaceShape | None, near: ZoneInfo) -> str:
    """Their own clock, else that of their country or region, else the one of their rep."""
    if place is None:
        return near.key
    found = resolve_zone(None, (), Whereabouts(place.country, place.country, place.region or ""), Zone(near.key, "rep"))
    return place.zone or found[0].name


def sustained_a_day(
    workspace: Workspace, sequences: Mapping[str, Plan], asked: SimulationShape, today: date
) -> Mapping[str, int]:
    """How many new people a day each rep sustains of the first sequence; at least one."""
    sequence, workers = sequences[asked.leads[0].sequence], Cast(workspace, sequences, asked, today).workers
    mails = workspace.caps.mailbox_per_day
    return {worker.key: share_of(sequence, worker.capacity, mails).leads_per_day or mails for worker in workers}
