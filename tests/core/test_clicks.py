from dataclasses import replace
from datetime import timedelta

import pytest

from engine.core.clicks import BURST, TOO_SOON, Visit, is_burst, is_machine
from tests.support.factories import at

SENT = at("2026-03-04T09:00-05:00")
PERSON = Visit(
    at=SENT + timedelta(minutes=40),
    user_agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 14_4) AppleWebKit/605.1.15 Version/17.4 Safari",
    language="en-US,en;q=0.9",
    fetch_mode="navigate",
)


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
        "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 Chrome/116.0 Mobile MicroMessenger/8.0",
    ],
)
def test_a_browser_with_a_language_is_a_person(agent: str) -> None:
    assert not is_machine(replace(PERSON, user_agent=agent), SENT)
    assert not is_machine(replace(PERSON, user_agent=agent, fetch_mode=""), SENT)


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "HEAD"},
        {"method": "OPTIONS"},
        {"user_agent": ""},
        {"user_agent": "curl/8.5.0"},
        {"user_agent": "python-requests/2.32"},
        {"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user_agent": "Mozilla/5.0 (compatible; bingbot/2.0)"},
        {"user_agent": "Mozilla/5.0 BarracudaLinkProtect"},
        {"user_agent": "Mozilla/5.0 (Windows NT 10.0) Mimecast URL Protect"},
        {"user_agent": "Mozilla/5.0 proofpoint urldefense"},
        {"user_agent": "Mozilla/5.0 (Windows NT 6.1) HeadlessChrome/120"},
        {"user_agent": "Microsoft Office Existence Discovery"},
        {"user_agent": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5"},
        {"user_agent": "Slackbot-LinkExpanding 1.0"},
        {"user_agent": "facebookexternalhit/1.1"},
        {"language": ""},
        {"purposes": "prefetch"},
        {"purposes": " prefetch;prerender"},
        {"purposes": "preview"},
        {"fetch_mode": "cors"},
        {"fetch_mode": "no-cors"},
        {"sender": "bingbot(at)microsoft.com"},
        {"at": SENT},
        {"at": SENT + TOO_SOON - timedelta(seconds=1)},
        {"at": SENT - timedelta(seconds=5)},
    ],
)
def test_a_program_is_known_by_any_one_mark(changes: dict[str, object]) -> None:
    assert is_machine(replace(PERSON, **changes), SENT)  # type: ignore[arg-type]  # a test's shorthand


def test_a_person_may_be_quick_but_not_that_quick() -> None:
    assert not is_machine(replace(PERSON, at=SENT + TOO_SOON), SENT)


def test_several_links_within_seconds_are_a_burst() -> None:
    here = PERSON.at
    assert is_burst(here, [here - BURST])
    assert is_burst(here, [here + timedelta(days=1), here + BURST])
    assert not is_burst(here, [here + BURST + timedelta(seconds=1)])
    assert not is_burst(here, [])
