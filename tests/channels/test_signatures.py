"""Forged webhooks: whatever is changed on the way is refused; keys are rotated without a gap.

10,000 mutants with HYPOTHESIS_PROFILE=deep, a tenth otherwise.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.channels.signatures import (
    SENDGRID_SIGNATURE,
    SENDGRID_TIMESTAMP,
    TWILIO_SIGNATURE,
    Form,
    is_from_sendgrid,
    is_from_twilio,
)
from engine.core.errors import BadInput
from engine.core.providers import Secret
from tests.support.deep import IS_DEEP
from tests.support.signing import form_body, sendgrid_signer, twilio_headers

NOW = datetime(2026, 3, 4, 13, tzinfo=UTC)
MUTANTS = 10_000 if IS_DEEP else 1_000
EVENTS = '[{"event":"bounce","email":"fang@example.cn","sg_event_id":"abc","reason":"550 5.1.1 无此用户"}]'.encode()
URL = "https://touch.example.com/webhooks/twilio/status?touch=7&attempt=1"
FORM = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+12125550100", "Body": "好的 & bye", "Empty": ""}
KEYS = (sendgrid_signer().public_key,)
TOKENS = (Secret("token-one"),)


def flipped(data: bytes, dice: random.Random) -> bytes:
    """One byte is another one."""
    place = dice.randrange(len(data))
    return data[:place] + bytes([data[place] ^ dice.randrange(1, 256)]) + data[place + 1 :]


def sendgrid_mutants(dice: random.Random) -> Iterator[tuple[dict[str, str], bytes]]:
    headers = sendgrid_signer().sign(EVENTS, NOW)
    for _ in range(MUTANTS // 2):
        yield headers, flipped(EVENTS, dice)
        name = dice.choice((SENDGRID_SIGNATURE, SENDGRID_TIMESTAMP))
        changed = flipped(headers[name].encode(), dice).decode("latin-1")
        yield headers | {name: changed}, EVENTS


def twilio_mutants(dice: random.Random) -> Iterator[tuple[str, dict[str, str], bytes]]:
    headers, body = twilio_headers("token-one", URL, FORM), form_body(FORM)
    for _ in range(MUTANTS // 3):
        changed = flipped(body, dice)
        if Form(changed) != Form(body):  # `%2b` says the same as `%2B`
            yield URL, headers, changed
        yield flipped(URL.encode(), dice).decode("latin-1"), headers, body
        yield URL, {TWILIO_SIGNATURE: flipped(headers[TWILIO_SIGNATURE].encode(), dice).decode("latin-1")}, body


def test_what_sendgrid_has_signed_is_taken() -> None:
    assert is_from_sendgrid(KEYS, sendgrid_signer().sign(EVENTS, NOW), EVENTS, NOW)


def test_no_mutant_of_a_sendgrid_webhook_is_taken() -> None:
    taken = [one for one in sendgrid_mutants(random.Random(1)) if is_from_sendgrid(KEYS, *one, NOW)]
    assert taken == []


def test_every_byte_of_a_sendgrid_signature_counts() -> None:
    """Base64 has several spellings of the same bytes; only one of them is what was sent."""
    headers = sendgrid_signer().sign(EVENTS, NOW)
    signature = headers[SENDGRID_SIGNATURE]
    for place in range(len(signature)):
        for other in "ABCDwxyz0189+/=-_ \n!é":
            if other != signature[place]:
                changed = headers | {SENDGRID_SIGNATURE: signature[:place] + other + signature[place + 1 :]}
                assert not is_from_sendgrid(KEYS, changed, EVENTS, NOW)


def test_mail_that_is_no_text_at_all_can_be_signed() -> None:
    body = bytes(range(256))
    assert is_from_sendgrid(KEYS, sendgrid_signer().sign(body, NOW), body, NOW)


@pytest.mark.parametrize(("late", "is_taken"), [(4, True), (5, True), (6, False), (-4, True), (-6, False)])
def test_a_webhook_is_good_for_five_minutes(late: int, is_taken: bool) -> None:  # noqa: FBT001 - a table
    headers = sendgrid_signer().sign(EVENTS, NOW)
    assert is_from_sendgrid(KEYS, headers, EVENTS, NOW + timedelta(minutes=late)) is is_taken


@pytest.mark.parametrize("headers", [{}, {SENDGRID_TIMESTAMP: "1"}, {SENDGRID_SIGNATURE: "%%%"}])
def test_an_unsigned_webhook_is_refused(headers: dict[str, str]) -> None:
    assert not is_from_sendgrid(KEYS, headers, EVENTS, NOW)
    assert not is_from_twilio(TOKENS, URL, headers, form_body(FORM))


def test_two_keys_are_good_while_they_are_rotated_and_none_closes_the_door() -> None:
    old, new = sendgrid_signer("old"), sendgrid_signer("new")
    both = (old.public_key, new.public_key)
    for signer in (old, new):
        assert is_from_sendgrid(both, signer.sign(EVENTS, NOW), EVENTS, NOW)
    assert not is_from_sendgrid((new.public_key,), old.sign(EVENTS, NOW), EVENTS, NOW)
    assert not is_from_sendgrid((), new.sign(EVENTS, NOW), EVENTS, NOW)
    tokens = (Secret("old"), Secret("new"))
    for token in ("old", "new"):
        assert is_from_twilio(tokens, URL, twilio_headers(token, URL, FORM), form_body(FORM))
    assert not is_from_twilio(tokens[1:], URL, twilio_headers("old", URL, FORM), form_body(FORM))
    assert not is_from_twilio((), URL, twilio_headers("new", URL, FORM), form_body(FORM))


def test_what_is_no_key_is_said_so() -> None:
    with pytest.raises(BadInput, match="no public key"):
        is_from_sendgrid(("not a key",), sendgrid_signer().sign(EVENTS, NOW), EVENTS, NOW)


def test_no_mutant_of_a_twilio_webhook_is_taken() -> None:
    assert is_from_twilio(TOKENS, URL, twilio_headers("token-one", URL, FORM), form_body(FORM))
    taken = [one for one in twilio_mutants(random.Random(2)) if is_from_twilio(TOKENS, *one)]
    assert taken == []


def test_a_name_that_comes_twice_is_signed_with_both_values_and_read_by_the_first() -> None:
    body = b"Body=STOP&Body=YES&To=1"
    signed = twilio_headers("token-one", URL, Form(body))
    assert is_from_twilio(TOKENS, URL, signed, body)
    assert not is_from_twilio(TOKENS, URL, signed, b"Body=STOP&To=1")
    assert Form(body)["Body"] == "STOP"
