"""Thousands who said no come back in another file, spelled otherwise: not one of them is written to."""

import random
from itertools import count

from engine.store import suppressions
from tests.support.deep import IS_DEEP
from tests.support.importing import bring, table_of
from tests.support.world import World

PEOPLE = 10_000 if IS_DEEP else 1_000
# The same domain in the forms in which lists keep it.
DOMAINS = [
    ("berg.example", "BERG.Example"),
    ("gmail.com", "googlemail.com"),
    ("müller.example", "xn--mller-kva.example"),
    ("MÜLLER.example", "müller.example"),
    ("straße.example", "xn--strae-oqa.example"),
    ("例子.example", "xn--fsqu00a.example"),
]


def spelled(dice: random.Random, local: str, domain: str) -> str:
    """As somebody else might have typed it."""
    local = dice.choice([str.upper, str.title, str.lower])(local)
    local += dice.choice(["", "+fair", "+2026.spring"])
    if "mail.com" in domain:
        local = dice.choice([local, local.replace(".", "")])
    return dice.choice(["{}@{}", " {}@{} ", "<{}@{}>", "mailto:{}@{}"]).format(local, domain)


def dialled(dice: random.Random, number: int) -> str:
    area, line = divmod(number, 10_000)
    forms = ["+1 518 {:03} {:04}", "(518) {:03}-{:04}", "001-518-{:03}-{:04}", "518.{:03}.{:04}", "'+1518{:03}{:04}"]
    return dice.choice(forms).format(area + 200, line)


def test_of_all_opt_outs_none_is_lost(nobody: World) -> None:
    dice, numbers = random.Random(2313), count()
    marked, again = [], []
    for one in range(PEOPLE):
        if one % 4 == 0:
            number = next(numbers)
            marked.append({"Name": f"P{one}", "Email": "", "Mobile": dialled(dice, number), "Stage": "Do Not Contact"})
            again.append({"Name": f"Q{one}", "Email": "", "Mobile": dialled(dice, number), "Stage": "New"})
            continue
        domain, other = dice.choice(DOMAINS)
        local = f"ann.{one}.berg"
        marks = dice.choice([("Do Not Contact", ""), ("", "x"), ("勿扰", "")])
        marked.append(
            {"Name": f"P{one}", "Email": spelled(dice, local, domain), "Mobile": "", "Stage": marks[0], "DNC": marks[1]}
        )
        again.append({"Name": f"Q{one}", "Email": spelled(dice, local, other), "Mobile": "", "Stage": "New"})
    first = bring(nobody, table_of(*({"DNC": "", **row} for row in marked)))
    second = bring(nobody, table_of(*again))
    assert (first.counts["not_taken"], second.counts["not_taken"]) == (0, 0)
    people = [row.id for row in nobody.rows("prospect")]
    assert len(people) >= PEOPLE
    with nobody.ctx.database.read() as connection:
        covers = suppressions.covering(connection, people)
    lost = [one for one in people if not any(cover.channel == "all" for cover in covers[one])]
    assert lost == []
