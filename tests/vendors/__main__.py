"""python -m tests.vendors --specs FOLDER

FOLDER holds twilio_api_v2010.json (github.com/twilio/twilio-oai) and tsg_mail_v3.json, tsg_webhooks_v3.json
(github.com/twilio/sendgrid-oai). Sends through both transports to Prism, which refuses whatever these files do not
allow. Ends with 1 when something is refused that should pass, or passes that should be refused; says "not run" where
Prism cannot be had.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.vendors import checks
from tests.vendors.checks import Check
from tests.vendors.prism import NoPrism, prism


@dataclass(frozen=True)
class Result:
    name: str
    problem: str | None


def _run(spec: Path, made: Callable[[str], list[Check]]) -> Iterator[Result]:
    with prism(spec) as url:
        for check in made(url):
            yield Result(check.name, check.problem())


def _described(folder: Path) -> Iterator[Result]:
    """What we rely on is what the vendors describe: read from the file, nothing is sent."""
    paths = json.loads((folder / "tsg_webhooks_v3.json").read_text("utf-8"))["paths"]
    for path in checks.WEBHOOK_SETTINGS:
        yield Result(f"SendGrid describes {path}", None if path in paths else "it is not in tsg_webhooks_v3.json")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.vendors", description="The SDKs against Prism.")
    parser.add_argument("--specs", type=Path, required=True, help="the folder with the vendors' OpenAPI files")
    folder: Path = parser.parse_args(arguments).specs
    missing = [name for name in checks.FILES if not (folder / name).is_file()]
    if missing:
        _say(f"{folder} has no {', '.join(missing)}; get them from twilio-oai and sendgrid-oai")
        return 64
    try:
        results = [
            *_described(folder),
            *_run(folder / "tsg_mail_v3.json", checks.of_sendgrid),
            *_run(folder / "twilio_api_v2010.json", checks.of_twilio),
        ]
    except NoPrism as reason:
        _say(f"not run: {reason}")
        return 0
    return _told(results)


def _told(results: list[Result]) -> int:
    for one in results:
        _say(f"{'FAIL' if one.problem else 'pass'}  {one.name}{f': {one.problem}' if one.problem else ''}")
    failed = sum(one.problem is not None for one in results)
    _say(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
