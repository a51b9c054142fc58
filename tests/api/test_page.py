"""The page as a browser without scripts sees it: plain links and forms."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from httpx import Response
from sqlalchemy import update

from api.dashboard import keys
from api.dashboard.words import WORDS
from engine.core.outcome import OUTCOMES
from engine.core.task import TaskKind
from engine.operations.queries.outcomes import Choice
from engine.store import tables
from tests.api.desk import Desk, hidden_version

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


def open_task(desk: Desk, name: str) -> tuple[int, str]:
    task = desk.task_of(name)
    return task["id"], desk.page.get("/", params={"task": task["id"]}).text


def press(desk: Desk, name: str, verb: str, **form: str) -> Response:
    number, html = open_task(desk, name)
    answer: Response = desk.page.post(f"/tasks/{number}/{verb}", data={"version": hidden_version(html), **form})
    return answer


def test_a_task_is_completed_by_a_form_and_taken_back_by_another(desk: Desk) -> None:
    number, _ = open_task(desk, "Marta Silva")
    done = press(desk, "Marta Silva", "complete", outcome="no_answer", note="rang <long>")
    assert done.status_code == 200
    assert str(done.url).endswith(f"/?done={number}")
    assert "No answer: Marta Silva" in done.text
    assert desk.world.rows("task", id=number)[0].answer == {"note": "rang <long>"}
    undo = re.search(rf'action="/tasks/{number}/undo".*?name="version" value="(\d+)"', done.text, re.DOTALL)
    assert undo is not None
    back = desk.page.post(f"/tasks/{number}/undo", data={"version": undo[1]})
    assert "Taken back: Marta Silva" in back.text
    assert desk.world.rows("task", id=number)[0].status == "open"


def test_what_an_outcome_needs_is_asked_for_with_the_note_kept(desk: Desk) -> None:
    asked = press(desk, "Marta Silva", "complete", outcome="call_back", note="ask for Tuesday")
    assert asked.status_code == 422
    assert 'id="at" name="at" type="datetime-local" required' in asked.text
    assert "When, on their clock (New York)" in asked.text
    assert "ask for Tuesday</textarea>" in asked.text
    assert "call_back needs at" in asked.text
    kept = press(desk, "Marta Silva", "complete", outcome="call_back", at="2026-03-05T14:00")
    assert "Call back later: Marta Silva" in kept.text
    repeat = desk.world.rows("touch", prospect_id=desk.world.people["Marta Silva"], is_promised=True)[0]
    assert repeat.callable_from.isoformat() == "2026-03-05T19:00:00+00:00"


def test_a_time_is_meant_on_the_prospects_clock(desk: Desk) -> None:
    press(desk, "Hugo Lambert", "complete", outcome="call_back", at="2026-03-05T14:00")
    repeat = desk.world.rows("touch", prospect_id=desk.world.people["Hugo Lambert"], is_promised=True)[0]
    assert repeat.callable_from.isoformat() == "2026-03-05T13:00:00+00:00"


@pytest.mark.parametrize("at", ["tomorrow", "2026-13-01T00:00", "14:00"])
def test_a_time_that_is_none_is_asked_for_again(desk: Desk, at: str) -> None:
    answer = press(desk, "Marta Silva", "complete", outcome="call_back", at=at)
    assert answer.status_code == 422
    assert "give a day and a time" in answer.text


def test_a_task_is_snoozed_skipped_and_handed_on_by_forms(desk: Desk) -> None:
    assert "Snoozed until 13:00" in press(desk, "Marta Silva", "snooze", at="2026-03-04T13:00").text
    assert "Snoozed until" in press(desk, "Owen Price", "snooze", until="2026-03-05T14:00:00+00:00").text
    assert "Skipped: Grace Kim" in press(desk, "Grace Kim", "skip", reason="spoke yesterday").text
    assert "Handed to ana-diaz: Laura Bennett" in press(desk, "Laura Bennett", "reassign", rep="ana-diaz").text
    refused = press(desk, "Hugo Lambert", "skip", reason=" ")
    assert refused.status_code == 422
    assert "a skipped task needs a reason" in refused.text


def test_a_form_that_was_overtaken_says_so_and_does_nothing(desk: Desk) -> None:
    number, html = open_task(desk, "Marta Silva")
    desk.on_task(desk.task_of("Marta Silva"), "claim", X_Touchline_Rep="ana-diaz")
    form = {"version": hidden_version(html), "outcome": "no_answer", "note": "typed with care"}
    answer = desk.page.post(f"/tasks/{number}/complete", data=form)
    assert answer.status_code == 412
    assert "was changed by somebody else" in answer.text
    assert "typed with care" in answer.text
    assert "ana-diaz is working on this" in answer.text
    assert desk.world.rows("task", id=number)[0].status == "claimed"


def test_the_script_gets_a_line_or_a_problem_instead_of_a_page(desk: Desk) -> None:
    number, html = open_task(desk, "Marta Silva")
    version, ours = hidden_version(html), {"X-Requested-With": "touchline"}
    refused = desk.page.post(
        f"/tasks/{number}/complete", data={"version": version, "outcome": "call_back"}, headers=ours
    )
    assert refused.headers["content-type"] == "application/problem+json"
    done = desk.page.post(f"/tasks/{number}/complete", data={"version": version, "outcome": "busy"}, headers=ours)
    assert done.text.strip().startswith('<div class="toast">')


def test_the_left_column_is_cheap_while_nothing_changes(desk: Desk) -> None:
    first = desk.page.get("/fragments/left")
    again = desk.page.get("/fragments/left", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    press(desk, "Marta Silva", "complete", outcome="busy")
    changed = desk.page.get("/fragments/left", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


def test_doubts_are_settled_on_the_page(desk: Desk) -> None:
    (doubt,) = desk.get("/doubts")["items"]
    assert f'action="/doubts/{doubt["id"]}"' in desk.page.get("/").text
    settled = desk.page.post(f"/doubts/{doubt['id']}", data={"was_sent": "true"})
    assert f'action="/doubts/{doubt["id"]}"' not in settled.text
    assert desk.world.rows("touch", id=doubt["id"])[0].status == "sent"


def test_held_touches_are_shown_with_what_to_do(desk: Desk) -> None:
    html = desk.page.get("/").text
    assert "the enrollment is paused" in html
    assert "Resume the enrollment" in html


def test_the_page_speaks_the_reps_language(desk: Desk) -> None:
    assert '<html lang="en">' in desk.page.get("/").text
    desk.page.post("/rep", data={"rep": "wei-zhang"})
    html = desk.page.get("/").text
    assert '<html lang="zh-CN">' in html
    assert "今日队列" in html
    assert "无人接听" in html
    assert desk.page.post("/rep", data={"rep": "nobody"}).status_code == 404


def test_somebody_new_sees_the_queue_with_most_to_do(desk: Desk) -> None:
    desk.page.cookies.delete("touchline_rep")
    assert '<option value="tom-lee" selected>' in desk.page.get("/").text


def test_search_leads_to_people_and_their_history(desk: Desk) -> None:
    html = desk.page.get("/", params={"q": "cho"}).text
    number = desk.world.people["Daniel Cho"]
    assert f'href="/people/{number}"' in html
    person = desk.page.get(f"/people/{number}").text
    assert "Wants to see late orders" in person
    assert "Nobody fits “&lt;b&gt;”." in desk.page.get("/", params={"q": "<b>"}).text


def test_a_number_is_called_what_it_is_in_the_language_of_the_rep(desk: Desk) -> None:
    number = desk.world.people["Daniel Cho"]
    with desk.world.ctx.database.write() as connection:
        labelled = update(tables.address).where(
            tables.address.c.prospect_id == number, tables.address.c.kind == "phone"
        )
        connection.execute(labelled.values(label="mobile"))
    assert "<dt>Mobile</dt>" in desk.page.get(f"/people/{number}").text
    desk.page.post("/rep", data={"rep": "wei-zhang"})
    shown = desk.page.get(f"/people/{number}").text
    assert "<dt>手机</dt>" in shown
    assert "mobile" not in shown


def test_hostile_names_notes_and_replies_are_only_text(desk: Desk) -> None:
    world = desk.world
    account = {"name": HOSTILE, "name_key": "x", "created_at": world.clock()}
    person = world.add_prospect(
        HOSTILE, title=HOSTILE, email="x@example.com", phone="+12125558888", message=HOSTILE, account=account,
        zone="America/New_York", zone_origin="own",
    )  # fmt: skip
    world.people[HOSTILE] = person
    world.enroll("call-in-2x2x1", person)
    world.tick()
    fact = {"id": "1", "prospect_id": world.people["Marta Silva"], "text": HOSTILE, "subject": HOSTILE}
    assert desk.post("/events/replies", fact).status_code == 200
    task = desk.task_of(HOSTILE)
    done = press(desk, "Laura Bennett", "skip", reason=HOSTILE)
    pages = [
        done.text,
        desk.page.get("/", params={"task": task["id"], "q": HOSTILE}).text,
        desk.page.get(f"/fragments/panel/{task['id']}", params={"ask": HOSTILE}).text,
        desk.page.get(f"/people/{person}").text,
        desk.page.get(f"/people/{world.people['Marta Silva']}").text,
        desk.page.get("/", params={"task": desk.task_of("Marta Silva")["id"]}).text,
    ]
    for html in pages:
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "49" not in re.findall(r"\{\{.*?\}\}|>49<", html)
    assert sum("&lt;script&gt;alert" in html for html in pages) >= 5
    assert "<script>" not in desk.get(f"/tasks/{task['id']}")["script_html"]


class Parts(HTMLParser):
    """Names of tags with their attributes, as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [found for tag, found in self.tags if tag in names]


def every_page(desk: Desk) -> list[str]:
    task = desk.task_of("Marta Silva")["id"]
    asks = ["", "call_back", "not_now", "referral", "gatekeeper", "snooze", "skip"]
    return [
        *(desk.page.get("/", params={"task": task, "ask": ask}).text for ask in asks),
        *(desk.page.get("/", params={"task": row["id"]}).text for row in desk.get("/queue")["items"]),
        desk.page.get("/", params={"q": "a"}).text,
        desk.page.get(f"/people/{desk.world.people['Noah Patel']}").text,
        desk.anyone.get("/login").text,
    ]


def test_pages_need_nothing_inline_and_nothing_from_elsewhere(desk: Desk) -> None:
    for html in every_page(desk):
        found = Parts(html)
        for tag, attributes in found.tags:
            assert "style" not in attributes, (tag, attributes)
            assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
            for name in ("src", "href", "action"):
                target = attributes.get(name) or ""
                assert target.startswith(("/", "#", "tel:", "mailto:")) or not target, (tag, target)
                assert not target.startswith("//")
        assert not found.all("style")
        assert all(one.get("src") for one in found.all("script"))


def test_every_field_has_a_label_and_every_id_is_unique(desk: Desk) -> None:
    for html in every_page(desk):
        found = Parts(html)
        ids = [one["id"] for _, one in found.tags if one.get("id")]
        assert len(ids) == len(set(ids))
        labelled = {one.get("for") for one in found.all("label")}
        for field in found.all("input", "select", "textarea"):
            is_quiet = field.get("type") in ("hidden", "checkbox")
            assert is_quiet or field.get("id") in labelled, field
        assert {one.get("lang") for one in found.all("html")} <= {"en", "zh-CN"}


def test_assets_are_ours_and_are_all_there(desk: Desk) -> None:
    html = desk.page.get("/").text
    names = set(re.findall(r"/static/([\w.]+)\?v=", html))
    assert names == {"mark.svg", "touchline.css", "touchline.js", "icons.svg"}
    for name in names:
        answer = desk.anyone.get(f"/static/{name}")
        assert answer.status_code == 200
        assert not re.search(r"https?://(?!www\.w3\.org/)", answer.text)
    drawn = set(re.findall(r'symbol id="(\w+)"', desk.anyone.get("/static/icons.svg").text))
    used = {one for html in every_page(desk) for one in re.findall(r"icons\.svg[^#]*#(\w+)", html)}
    assert used <= drawn
    assert desk.anyone.get("/static/../app.py").status_code in (401, 404)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    full = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(desk: Desk, scheme: int) -> None:
    css = desk.anyone.get("/static/touchline.css").text
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", blocks[scheme]))
    pairs = [(ink, ground) for ink in ("ink", "soft") for ground in ("paper", "card", "hover", "field", "picked")]
    pairs += [(name, f"{name}-paper") for name in ("good", "warn", "bad", "info", "violet", "teal")]
    pairs += [
        ("accent", "card"),
        ("on-accent", "accent"),
        ("bad", "card"),
        ("bad", "picked"),
        ("soft", "info-paper"),
        ("ink", "info-paper"),
    ]
    weak = {(ink, ground): round(contrast(colours[ink], colours[ground]), 2) for ink, ground in pairs
            if contrast(colours[ink], colours[ground]) < 4.5}  # fmt: skip
    assert not weak


def _choices(kind: TaskKind) -> list[Choice]:
    return [Choice(outcome, outcome, (), "") for outcome in OUTCOMES[kind.outcome_verb]]


@pytest.mark.parametrize("kind", TaskKind)
def test_every_outcome_of_a_task_has_a_button_with_a_key_of_its_own(kind: TaskKind) -> None:
    buttons = [button for group in keys.groups(_choices(kind), kind) for button in group.buttons]
    assert sorted(button.choice.outcome for button in buttons) == sorted(OUTCOMES[kind.outcome_verb])
    letters = [button.key for button in buttons]
    assert all(letters)
    assert len(set(letters)) == len(letters)
    assert not set(letters) & keys.RESERVED
    assert [button.key for button in buttons if button.is_main] in (["y"], [])


def test_every_word_of_the_page_is_there_in_both_languages() -> None:
    templates = Path(__file__).parents[2] / "api" / "dashboard" / "templates"
    text = "".join(path.read_text(encoding="utf-8") for path in templates.glob("*.html"))
    used = set(re.findall(r'say\("(\w+)"[,)]', text))
    assert used <= set(WORDS)
    for english, chinese in WORDS.values():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese))
        assert not re.search(r"[\u4e00-\u9fff]", english)
        assert re.search(r"[\u4e00-\u9fff：]", chinese)
