"""Twilio's API of 2010 as far as it is used: the account is told, messages are taken, listed and
fetched, calls are started.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.fake_vendor import Answer, FakeVendor, Request

SID = "AC" + "0" * 32
ACCOUNT = f"/2010-04-01/Accounts/{SID}"
CREATED = datetime(2026, 3, 2, 14, tzinfo=UTC)


class FakeTwilio(FakeVendor):
    """`messages` and `calls` hold the fields as they were posted."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, str]] = []
        self.calls: list[dict[str, str]] = []
        self.price: str | None = None
        self.status = "active"

    def usual(self, request: Request) -> Answer:
        path, query = urlsplit(request.path).path, _first(urlsplit(request.path).query)
        if request.method == "POST" and path == f"{ACCOUNT}/Messages.json":
            self.messages.append(_first(request.body.decode()))
            return Answer(201, self._message(len(self.messages)))
        if request.method == "POST" and path == f"{ACCOUNT}/Calls.json":
            self.calls.append(_first(request.body.decode()))
            return Answer(201, {"sid": f"CA{len(self.calls):032}", "status": "queued", "account_sid": SID})
        if path == f"{ACCOUNT}.json":
            return Answer(200, {"sid": SID, "status": self.status, "type": "Full"})
        if path == f"{ACCOUNT}/Messages.json":
            return Answer(200, self._listed(query))
        if path.startswith(f"{ACCOUNT}/Messages/SM"):
            return Answer(200, self._message(int(path.removesuffix(".json")[-8:])))
        return refusal(404, 20404, "The requested resource was not found")

    def _listed(self, query: dict[str, str]) -> dict[str, Any]:
        wanted = {name: query[name] for name in ("To", "From") if name in query}
        found = [self._message(number) for number, one in enumerate(self.messages, 1) if wanted.items() <= one.items()]
        return {"messages": found[::-1], "page": 0, "page_size": 50, "uri": f"{ACCOUNT}/Messages.json"}

    def _message(self, number: int) -> dict[str, Any]:
        posted = self.messages[number - 1]
        return {
            "sid": f"SM{number:032}",
            "account_sid": SID,
            "to": posted["To"],
            "from": posted.get("From"),
            "messaging_service_sid": posted.get("MessagingServiceSid"),
            "body": posted["Body"],
            "direction": "outbound-api",
            "status": "queued",
            "date_created": format_datetime(CREATED),
            "price": self.price,
            "price_unit": "USD",
        }


def refusal(status: int, code: int, message: str, **headers: str) -> Answer:
    """Header names with underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"code": code, "message": message, "status": status}, named)


def _first(form: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(form, keep_blank_values=True).items()}


@contextmanager
def fake_twilio() -> Iterator[FakeTwilio]:
    made = FakeTwilio()
    with made.running():
        yield made
