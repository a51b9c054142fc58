from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from engine.calendars.holidays_data import country_calendar
from engine.compiler import SimulationShape
from engine.core.errors import BadInput
from engine.core.hours import Hours, Window
from engine.core.leave import Leave
from engine.core.sequence import AudienceKind
from engine.operations.simulating.conclusion import conclusion
from engine.operations.simulating.simulate import Material, Simulated, material_of, simulate
from engine.operations.simulating.staging import script_of, sustained_a_day
from engine.operations.validating import validate
from engine.runtime.simulate.tables import tables_of
from engine.simulation.rates import UNANSWERED, USUAL
from engine.simulation.script import Script
from tests.support.world import shipped_project

MONDAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def material() -> Material:
    found = material_of(validate(shipped_project(), MONDAY))
    assert found is not None
    return found


def asked(*leads: dict[str, object], **also: object) -> SimulationShape:
    return SimulationShape.model_validate({"simulation": "trial", "leads": list(leads), **also})


def script(material: Material, *leads: dict[str, object], **also: object) -> Script:
    return script_of(material.workspace, material.sequences, asked(*leads, **also), MONDAY)


def test_leads_come_on_working_days_in_turn_on_the_clock_of_their_rep(material: Material) -> None:
    group = {"sequence": "call-in-15", "per_day": 4, "at": "09:00-17:00", "reps": ["tom-lee", "wei-zhang"]}
    made = script(material, group, days=9)
    local = [lead.at.astimezone(lead.setting.rep.zone) for lead in made.leads]
    assert [at.strftime("%d %H:%M") for at in local[:4]] == ["02 09:00", "02 11:00", "02 13:00", "02 15:00"]
    assert {at.date() for at in local} == {MONDAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8)}
    assert [lead.worker for lead in made.leads[:4]] == ["tom-lee", "wei-zhang", "tom-lee", "wei-zhang"]
    assert [str(lead.setting.zone) for lead in made.leads[:2]] == ["America/New_York", "Asia/Shanghai"]


def test_a_group_lives_where_the_file_says_with_the_holidays_and_laws_of_there(material: Material) -> None:
    where = [{"country": "DE", "region": "BY", "share": 3}, {"country": "US", "zone": "America/Denver", "share": 1}]
    made = script(material, {"sequence": "outbound-7x3x21", "people": 400, "where": where, "reps": ["tom-lee"]})
    zones = [str(lead.setting.zone) for lead in made.leads]
    assert set(zones) == {"Europe/Berlin", "America/Denver"}
    assert 250 < zones.count("Europe/Berlin") < 350
    bavarian = next(lead.setting for lead in made.leads if str(lead.setting.zone) == "Europe/Berlin")
    assert date(2026, 6, 4) in bavarian.calendar.closed  # Corpus Christi
    assert bavarian.law


def test_the_reps_are_those_of_the_workspace_with_their_leave_or_standard_ones(material: Material) -> None:
    group = {"sequence": "outbound-7x3x21", "people": 4}
    workers = script(material, group).workers
    assert [worker.key for worker in workers] == [rep.key for rep in material.workspace.reps]
    assert workers[0].mailbox == "tom.lee@northgate.example.com"
    standard = script(material, group, standard_reps=3, capacity={"tasks_per_day": 40}).workers
    assert [(one.key, one.capacity.tasks_per_day) for one in standard] == [(f"rep-{n}", 40) for n in (1, 2, 3)]


def test_a_rep_on_leave_is_simulated_as_away(material: Material) -> None:
    away = Leave(MONDAY, MONDAY + timedelta(days=13))
    reps = tuple(replace(rep, leave=(away,)) if rep.key == "tom-lee" else rep for rep in material.workspace.reps)
    workspace = replace(material.workspace, reps=reps)
    found = simulate(
        Material(workspace, material.sequences),
        asked({"sequence": "outbound-7x3x21", "people": 10}, reps=["tom-lee"], stops=False, days=21),
        MONDAY,
    )
    days = found.figures.reps[0].days
    assert not any(day.is_workday or day.done for day in days[:14])
    assert sum(day.done for day in days[14:]) > 0


def test_what_is_not_written_down_is_assumed(material: Material) -> None:
    group = {"sequence": "outbound-7x3x21", "people": 1}
    made = script(material, group, rates={"outbound": {"reply": 0.5, "outcomes": {"linkedin": {"replied": 1}}}})
    rates = made.rates[AudienceKind.OUTBOUND]
    assert (rates.reply, rates.answer) == (0.5, USUAL[AudienceKind.OUTBOUND].answer)
    assert rates.outcomes["linkedin"] == {"replied": 1}
    assert rates.outcomes["call"] == USUAL[AudienceKind.OUTBOUND].outcomes["call"]
    assert script(material, group, stops=False).rates == UNANSWERED


def test_nobody_to_take_the_leads_is_an_error(material: Material) -> None:
    with pytest.raises(BadInput, match="nobody who works takes the leads of two-wave"):
        script(material, {"sequence": "two-wave", "people": 1, "reps": ["tom-lee"]}, reps=["ana-diaz"])


@pytest.mark.parametrize(("sequence", "leads"), [("call-in-15", 8), ("outbound-7x3x21", 16), ("call-in-cn", 16)])
def test_without_a_number_as_many_come_as_a_rep_sustains(material: Material, sequence: str, leads: int) -> None:
    order = asked({"sequence": sequence, "per_day": 1}, standard_reps=2)
    paces = sustained_a_day(material.workspace, material.sequences, order, MONDAY)
    assert paces == {"rep-1": leads, "rep-2": leads}


def test_new_people_come_to_those_who_work_that_day(material: Material) -> None:
    """On the national holiday of one country the others get all of them; where nobody works, nobody comes."""
    made = script(
        material,
        {"sequence": "outbound-7x3x21", "per_day": 4},
        reps=["tom-lee", "wei-zhang"],
        **{"from": "2026-10-01"},
        days=12,
    )
    zones = {worker.key: worker.time.zone for worker in made.workers}
    came = {(lead.worker, lead.at.astimezone(zones[lead.worker]).day) for lead in made.leads}
    assert sorted(day for who, day in came if who == "tom-lee") == [1, 2, 5, 6, 7, 8, 9]
    assert sorted(day for who, day in came if who == "wei-zhang") == [8, 9, 10, 12]
    assert Counter(lead.worker for lead in made.leads) == {"tom-lee": 5 * 4 + 2 * 2, "wei-zhang": 2 * 2 + 2 * 4}


@pytest.fixture(scope="module")
def flooded(material: Material) -> Simulated:
    order = asked({"sequence": "call-in-15", "people": 200}, standard_reps=1, days=30)
    return simulate(material, order, MONDAY, with_control=True)


def test_the_figures_agree_with_each_other(flooded: Simulated) -> None:
    figures = flooded.figures
    (rep,) = figures.reps
    assert rep.peak_overdue == max(day.overdue for day in rep.days) == figures.peak_overdue > 0
    assert all(sum(day.kinds.values()) == day.came for day in rep.days)
    reported = sum(sum(counts.values()) for counts in figures.outcomes.values())
    assert reported == sum(day.done for day in rep.days)
    (own, *_rest) = [one for one in figures.sequences if one.sequence == "call-in-15"]
    assert own.leads == 200
    assert own.running + sum(own.executed.values()) == own.entered
    assert figures.expected.opportunities == 26.0


def test_too_many_at_once_is_told_by_how_much_in_both_languages(flooded: Simulated) -> None:
    (pace,) = flooded.figures.paces
    assert (pace.sustains, pace.most_a_day, pace.too_many, pace.days_needed) == (8, 200, 192, 25)
    english, chinese = (" ".join(conclusion(flooded, locale)) for locale in ("en", "zh"))
    assert "rep-1 sustains 8 new people a day of call-in-15 (by tasks); here up to 200 come on a day, 192 too many" in (
        english
    )
    assert f"at once they would leave {pace.pile.peak:,} tasks behind" in english
    assert "rep-1每天可持续开始 8 位新客户（按任务数）" in chinese
    assert "多出 192 位" in chinese


def test_a_mail_that_queues_for_its_mailbox_is_counted_once_and_alarms_nobody(material: Material) -> None:
    where = [{"country": "DE", "share": 1}, {"country": "GB", "share": 1}]
    order = asked({"sequence": "outbound-7x3x21", "people": 60, "where": where}, standard_reps=1, stops=False, days=12)
    found = simulate(material, order, MONDAY)
    mails = sum(day.mails for box in found.figures.mailboxes for day in box.days)
    assert 0 < found.figures.delays["mailbox_gap"] <= mails
    (moved,) = (table for table in tables_of(found, "en") if table.key == "delays")
    assert moved.columns == ("reason", "steps")
    assert "mails leave a mailbox one by one, minutes apart" in {row[0] for row in moved.rows}


def test_a_pace_that_holds_leaves_little_behind(material: Material) -> None:
    order = asked({"sequence": "outbound-7x3x21", "per_day": 8}, standard_reps=1, days=40)
    figures = simulate(material, order, MONDAY).figures
    assert figures.paces[0].too_many == 0
    assert figures.reps[0].days_over_capacity == 0
    assert figures.peak_overdue < 20


def test_what_is_held_for_want_of_a_calendar_is_told_as_held_and_not_as_moved(material: Material) -> None:
    last = country_calendar("CN", None, 2026, 2040).known_until
    order = asked(
        {"sequence": "call-in-cn", "people": 20, "reps": ["wei-zhang"]}, reps=["wei-zhang"], stops=False, days=14
    )
    found = simulate(material, order, last - timedelta(days=5))
    held = found.figures.held["calendar_unknown"]
    assert held > 0
    assert "calendar_unknown" not in found.figures.delays
    first, *_ = conclusion(found, "en")
    assert first.startswith(
        f"{held} steps are held and have no day: the calendar of that year is not known yet. Update"
    )
    assert conclusion(found, "zh")[0].startswith(f"{held} 个步骤被搁置，没有日期：该年份的日历尚未可知。请更新")
    by_key = {table.key: table for table in tables_of(found, "en")}
    assert by_key["held"].rows == (("the calendar of that year is not known yet", held),)


def test_a_pace_is_said_to_hold_where_the_play_shows_so(material: Material) -> None:
    def told(sequence: str, per_day: int, locale: str = "en") -> str:
        group = {"sequence": sequence, "per_day": per_day}
        found = simulate(material, asked(group, standard_reps=1, days=40, stops=False), MONDAY)
        rep = found.figures.reps[0]
        assert max(day.done for day in rep.days) <= 80
        return conclusion(found, locale)[1]

    assert told("outbound-7x3x21", 16).endswith("come on a day: that holds.")
    full = told("call-in-15", 8)  # by the calendar: what a weekend brings comes on the Monday
    assert "which fills 100% of it: what comes bunched or late leaves up to" in full
    assert full.endswith("overdue; 6 a day would fill 75%.")
    assert "that holds" not in full
    assert told("call-in-15", 8, "zh").endswith("；每天 6 位则占 75%。")
    assert told("call-in-15", 6).endswith("come on a day: that holds.")
    assert told("call-in-cn", 13).endswith("overdue; 11 a day would fill 69%.")


def test_a_rep_of_short_days_has_no_more_minutes_than_the_longest_of_them(material: Material) -> None:
    short = Hours(((Window(time(9), time(11)),),) * 5 + ((), ()))
    reps = tuple(replace(rep, hours=short) if rep.key == "tom-lee" else rep for rep in material.workspace.reps)
    few = Material(replace(material.workspace, reps=reps), material.sequences)
    order = asked({"sequence": "outbound-7x3x21", "people": 60}, reps=["tom-lee"], stops=False, days=20)
    figures = simulate(few, order, MONDAY).figures
    assert few.workspace.capacity_of("tom-lee").minutes_per_day == 120
    assert figures.paces[0].sustains == 6  # nineteen minutes each
    assert max(day.minutes for day in figures.reps[0].days) < 120 + 7  # a mail is begun before the day is over


def test_who_is_not_let_in_is_told_by_the_sequence_that_did_not_take_them(material: Material) -> None:
    order = asked({"sequence": "two-wave", "people": 3}, standard_reps=1, days=2)
    figures = simulate(material, order, MONDAY).figures
    refused = replace(figures, refused={"nurture": {"too_soon": 5}, "two-wave": {"too_many": 2}})
    (table,) = [one for one in tables_of(Simulated(refused, None, {}), "en") if one.key == "refused"]
    assert [row[0] for row in table.rows] == ["nurture", "two-wave"]
    assert table.rows[0][1:] == ("was approached too short a time ago", 5)


def test_who_has_not_begun_at_the_end_is_counted(material: Material) -> None:
    order = asked({"sequence": "outbound-7x3x21", "people": 100}, standard_reps=1, days=5, stops=False)
    found = simulate(material, order, MONDAY)
    expected = found.figures.expected
    assert (expected.entered, expected.waiting) == (80, 20)  # sixteen a day
    assert "20 of them have not begun at the end" in " ".join(conclusion(found, "en"))
    everybody = asked({"sequence": "outbound-7x3x21", "people": 100}, standard_reps=1, days=10, stops=False)
    assert simulate(material, everybody, MONDAY).figures.expected.waiting == 0
