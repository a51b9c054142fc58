"""SendGrid's v3 API as far as it is used: it says what a key may do and takes mails, and tells of them as its
Event Webhook would.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.fake_vendor import Answer, FakeVendor, Request


class FakeSendGrid(FakeVendor):
    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Any] = []
        self.scopes = ["2fa_required", "mail.send"]

    def usual(self, request: Request) -> Answer:
        if (request.method, request.path) == ("GET", "/v3/scopes"):
            return Answer(200, {"scopes": self.scopes})
        if (request.method, request.path) != ("POST", "/v3/mail/send"):
            return Answer(404, {"errors": [{"message": "Not Found", "field": None}]})
        self.mails.append(json.loads(request.body))
        return Answer(202, headers={"X-Message-Id": f"sg-{len(self.mails)}"})


def refusal(status: int, message: str, **headers: str) -> Answer:
    """Header names with underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"errors": [{"message": message, "field": None, "help": None}]}, named)


@contextmanager
def fake_sendgrid() -> Iterator[FakeSendGrid]:
    made = FakeSendGrid()
    with made.running():
        yield made
