"""Was it a person who followed a link, or a program that looks before they do? Pure: what was seen in, verdict out.

A doubt counts as a program: a click that is taken for nothing costs a call at the top of the queue, a scanner that is
taken for a person sends a rep after somebody who has not even read the mail.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

TOO_SOON = timedelta(seconds=20)  # after the mail was taken: gateways have looked at its links, nobody has read it
BURST = timedelta(seconds=5)  # nobody follows two links of a mail within this; whoever looks at all of them does
_PROGRAMS = re.compile(
    r"bot\b|bot[/;]|spider|crawl|scan|preview|fetch|monitor|check|curl|wget|python|requests|httpx|aiohttp|urllib|okhttp"
    r"|java/|apache-http|jetty|go-http|node|axios|undici|libwww|perl|ruby|php|guzzle|postman|headless|phantom|selenium"
    r"|puppeteer|playwright|proofpoint|mimecast|barracuda|ironport|cisco|trendmicro|trend micro|symantec|messagelabs"
    r"|sophos|fortinet|fortimail|forcepoint|fireeye|trellix|mcafee|kaspersky|bitdefender|zscaler|paloalto|checkpoint"
    r"|vade|hornetsecurity|safelinks|safebrowsing|existence discovery|microsoft office|ms-office|skypeuripreview"
    r"|googleimageproxy|google-safety|yahoomailproxy|slack|facebookexternal|whatsapp|telegram|linkedin|twitter|discord"
    r"|amazon|azure|cloudflare|datadog|pingdom",
    re.IGNORECASE,
)
_PREFETCH = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Visit:
    """What a request for a link says about who makes it. `purposes` are the headers Purpose, X-Purpose, X-Moz and
    Sec-Purpose; `fetch_mode` is Sec-Fetch-Mode; `sender` is From, in which robots name their keeper.
    """

    at: datetime
    method: str = "GET"
    user_agent: str = ""
    language: str = ""
    purposes: str = ""
    fetch_mode: str = ""
    sender: str = ""


def is_machine(visit: Visit, sent_at: datetime) -> bool:
    """By this visit alone. `sent_at` is when the mail was taken over."""
    return (
        visit.method != "GET"
        or _is_program(visit)
        or bool(_PREFETCH.search(visit.purposes))
        or visit.fetch_mode not in ("", "navigate")
        or visit.at - sent_at < TOO_SOON
    )


def _is_program(visit: Visit) -> bool:
    """Every browser names itself and its reader's language; what runs in a data centre seldom does."""
    return is_program(visit.user_agent) or not visit.language or bool(visit.sender)


def is_program(user_agent: str) -> bool:
    """By its name alone."""
    return not user_agent.startswith("Mozilla/") or bool(_PROGRAMS.search(user_agent))


def is_burst(at: datetime, others: Iterable[datetime]) -> bool:
    """Whether another link of the same mail was visited at nearly the same time."""
    return any(abs(at - other) <= BURST for other in others)
