"""The person of a scenario: what the file does not say is filled in, so that every channel can be tried."""

from collections.abc import Iterator
from typing import Any

from engine.compiler.scenario_shape import Person
from engine.contacts.addresses import email_key, suppression_keys
from engine.operations.act import Act
from engine.store import consents, people, plans

_NAMES = {"zh": ("陈晓", "晓", "陈", "晨光物流")}
_OTHER_NAMES = ("Ada Miller", "Ada", "Miller", "Miller Foods")
_PHONES = {"CN": "+8613900000188", "DE": "+493012345678"}
_OTHER_PHONE = "+12125550188"
_EMAIL = "someone@customer.example"


def add(act: Act, person: Person, rep_id: int) -> int:
    """The prospect's id. A WeChat friend has accepted this rep's request before the scenario begins."""
    full, first, last, company = _NAMES.get(person.locale[:2], _OTHER_NAMES)
    owner = plans.rep_by_key(act.connection, person.owner).id if person.owner else None
    prospect_id = people.add_person(
        act.connection,
        company={
            "name": company,
            "name_key": company.casefold(),
            "relationship": person.relationship,
            "owner_id": owner,
            "created_at": act.now,
        },
        person={
            "name": person.name or full,
            "first_name": None if person.name else first,
            "last_name": None if person.name else last,
            "locale": person.locale,
            "zone": person.zone,
            "zone_origin": "own",
            "country": person.country,
            "region": person.region,
            "stage": person.stage,
            "created_at": act.now,
        },
        addresses=list(_addresses(person)),
    )
    about = {
        "prospect_id": prospect_id,
        "basis": "express",
        "text": "agreed",
        "source": "scenario",
        "actor": "scenario",
    }
    consents.add_many(act.connection, [{**about, "channel": channel, "at": act.now} for channel in person.consent])
    if person.wechat_friend:
        people.set_relation(
            act.connection, prospect_id, kind="wechat", our_account=str(rep_id), state="accepted", now=act.now
        )
    return prospect_id


def _addresses(person: Person) -> Iterator[dict[str, Any]]:
    email = _EMAIL if person.email is None else person.email
    phone = _PHONES.get(person.country or "", _OTHER_PHONE) if person.phone is None else person.phone
    given = (
        ("email", email, 0),
        ("email", person.second_email, 1),
        ("phone", phone, 0),
        ("phone", person.second_phone, 1),
        ("wechat", person.wechat, 0),
    )
    for kind, value, rank in given:
        if value:
            yield {"kind": kind, "value": value, "rank": rank, "quality": "verified", **_keys(kind, value)}


def _keys(kind: str, value: str) -> dict[str, str]:
    if kind != "email":
        return {"key": value, "match_key": value}
    return {"key": email_key(value), "match_key": suppression_keys(value)[-1]}
