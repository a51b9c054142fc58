"""Templates and what they are given. Autoescape is on; only a script's HTML, escaped already, is let through."""

from datetime import date, datetime, time, timedelta
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from api.dashboard.words import address_name, say_in
from engine.core.clock import local_instant
from engine.operations.queries import moments

_HERE = Path(__file__).parent
_ICONS = {
    "personal_email": "mail",
    "email": "mail",
    "call": "phone",
    "voicemail": "phone",
    "sms": "chat",
    "wechat_add": "chat",
    "wechat_message": "chat",
    "linkedin": "person",
    "maimai": "person",
    "video": "video",
    "triage": "reply",
    "replied": "reply",
    "hand_over": "forward",
    "confirm_meeting": "calendar",
    "meeting_booked": "calendar",
    "research_successor": "search",
    "has_left": "search",
    "escalation": "person",
    "contact_referral": "person",
    "clicked": "cursor",
    "opted_out": "stop",
    "complained": "stop",
    "ended": "stop",
}


@cache
def asset_version() -> str:
    """Changes when an asset does, so that a browser never runs yesterday's script."""
    files = sorted((_HERE / "static").iterdir())
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("api.dashboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = lambda name: f"/static/{name}?v={asset_version()}"
    made.filters["icon"] = lambda kind: _ICONS.get(kind, "check")
    made.filters["ready_html"] = Markup
    made.filters["with_code"] = _with_code
    return made


def _with_code(text: str) -> Markup:
    """What stands between backticks is code; all else is escaped."""
    parts = text.split("`")
    marked = [Markup("<code>{}</code>").format(part) if n % 2 else escape(part) for n, part in enumerate(parts)]
    return Markup("").join(marked)


def render(name: str, *, locale: str, zone: str, now: datetime, **values: Any) -> str:
    """`zone` and `now` are the reader's: every instant is on their clock, but for `there`."""

    def at(instant: datetime) -> str:
        return moments.moment(instant, zone, now, locale)

    def there(instant: datetime, their_zone: str) -> str:
        return moments.moment(instant, their_zone, now, locale)

    def day(instant: datetime) -> str:
        return moments.weekday_and_day(instant, zone, now, locale)

    def date_of(of: date) -> str:
        return moments.named_day(of, locale)

    say = say_in(locale)
    given = {
        "say": say,
        "address_name": partial(address_name, say),
        "date": date_of,
        "at": at,
        "there": there,
        "day": day,
        "locale": locale,
        "zone": zone,
        "now": now,
    }
    return _environment().get_template(name).render(**given, **values)


def html(text: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(text, status)


def snooze_choices(now: datetime, zone: str) -> list[tuple[str, datetime]]:
    """Names of the page's words, with instants on the rep's clock."""
    clock = ZoneInfo(zone)
    local = now.astimezone(clock)
    tomorrow, monday = local.date() + timedelta(days=1), local.date() + timedelta(days=7 - local.weekday())
    found = [("snooze_hour", now + timedelta(hours=1))]
    if local.hour < 13:  # noqa: PLR2004 - there is an afternoon left
        found.append(("snooze_afternoon", _on(local.date(), 14, clock)))
    found.append(("snooze_tomorrow", _on(tomorrow, 9, clock)))
    if monday != tomorrow:
        found.append(("snooze_monday", _on(monday, 9, clock)))
    return found


def _on(day: date, hour: int, clock: ZoneInfo) -> datetime:
    return local_instant(day, time(hour), clock)


def next_full_hour(now: datetime, zone: str) -> str:
    """For a field that asks for a time on somebody's clock."""
    local = now.astimezone(ZoneInfo(zone)) + timedelta(hours=1)
    return f"{local:%Y-%m-%dT%H}:00"
