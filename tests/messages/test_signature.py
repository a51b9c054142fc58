import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.messages.signature import signed_html, signed_text
from tests.sequences.shipped import TEMPLATES

ADDRESS = "120 Harbor Street, Albany"
LINK = "https://touch.example/u/7.abc"
FOOTER = (ADDRESS, LINK)
SIGNATURE = "Ana Li <Sales>\n+1 518 555 0100"
SIGNED = "<p>Ana Li &lt;Sales&gt;<br>\n+1 518 555 0100</p>"


@pytest.mark.parametrize(
    ("text", "above", "below"),
    [
        (f"Hi.\n\nBye,\nAna\n\n--\nA, {ADDRESS}\nNo: {LINK}", "Hi.\n\nBye,\nAna", f"--\nA, {ADDRESS}\nNo: {LINK}"),
        (f"Hi.\n\nStop: {LINK}\n\nAcme\n{ADDRESS}", "Hi.", f"Stop: {LINK}\n\nAcme\n{ADDRESS}"),
        (f"Meet us at {ADDRESS}.\n\nBye\n\n{ADDRESS} {LINK}", f"Meet us at {ADDRESS}.\n\nBye", f"{ADDRESS} {LINK}"),
        (f"Hi.\nBye.\nAcme, {ADDRESS} {LINK}", "Hi.\nBye.", f"Acme, {ADDRESS} {LINK}"),
        ("Hi.", "Hi.", ""),
        (ADDRESS, "", ADDRESS),
    ],
)  # fmt: skip
def test_a_text_is_signed_above_its_footer(text: str, above: str, below: str) -> None:
    signed = signed_text(text, SIGNATURE, FOOTER)
    assert signed == "\n\n".join(part for part in (above, SIGNATURE, below) if part)


@pytest.mark.parametrize(
    ("html", "signed"),
    [
        (f"<p>Hi.</p>\n<p style='x'>Acme, {ADDRESS}<br>\n<a href='{LINK}'>Stop</a></p></body>",
         f"<p>Hi.</p>\n{SIGNED}\n<p style='x'>Acme, {ADDRESS}<br>\n<a href='{LINK}'>Stop</a></p></body>"),
        (f"<p>Hi.</p><p>Acme<br>{ADDRESS}</p>", f"<p>Hi.</p>{SIGNED}\n<p>Acme<br>{ADDRESS}</p>"),
        (f"<p>Hi.</p><hr>{ADDRESS}", f"<p>Hi.</p><hr>{SIGNED}\n{ADDRESS}"),
        (f"<table><tr><td><p>Hi.</p></td></tr><tr><td>{ADDRESS}</td></tr></table>",
         f"<table><tr><td><p>Hi.</p></td></tr><tr><td>{SIGNED}\n{ADDRESS}</td></tr></table>"),
        (f"<div>{'Hi. ' * 200}<br>A.<br>{ADDRESS}</div>", f"<div>{'Hi. ' * 200}<br>A.<br>{SIGNED}\n{ADDRESS}</div>"),
        (f"<div>{'Hi. ' * 200}{ADDRESS}</div>", f"<div>{'Hi. ' * 200}{SIGNED}\n{ADDRESS}</div>"),
        ("<p>Hi.</p></body></html>", f"<p>Hi.</p>{SIGNED}\n</body></html>"),
        ("Hi.", f"Hi.{SIGNED}\n"),
    ],
)  # fmt: skip
def test_html_is_signed_above_its_footer(html: str, signed: str) -> None:
    assert signed_html(html, SIGNATURE, FOOTER) == signed


def test_an_address_that_html_escapes_is_found() -> None:
    assert (
        signed_html("<p>Hi</p><p>A &amp; B&#39;s</p>", "x", ["A & B's"]) == "<p>Hi</p><p>x</p>\n<p>A &amp; B&#39;s</p>"
    )


@pytest.mark.parametrize("signature", ["", " \n "])
def test_without_a_signature_nothing_changes(signature: str) -> None:
    assert signed_text("Hi.\n", signature, FOOTER) == "Hi.\n"
    assert signed_html("<p>Hi.</p>\n", signature, FOOTER) == "<p>Hi.</p>\n"


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def words_of(html: str) -> list[str]:
    reader = Words()
    reader.feed(html)
    return reader.words


@given(st.text(min_size=1).filter(str.strip))
def test_no_signature_adds_a_tag(signature: str) -> None:
    signed = signed_html("<p>Hi.</p>", signature, FOOTER)
    assert set(re.findall(r"</?(\w+)", signed)) <= {"p", "br"}


def test_every_shipped_mail_is_signed_between_the_letter_and_its_footer() -> None:
    bodies = [path for path in TEMPLATES.rglob("body.html") if "unsubscribe_url" in path.read_text(encoding="utf-8")]
    assert len(bodies) > 5
    for path in bodies:
        html = path.read_text(encoding="utf-8")
        signed = words_of(signed_html(html, "SIGNATURE", ["{{ company.postal_address }}", "{{ unsubscribe_url }}"]))
        at = signed.index("SIGNATURE")
        assert "company.postal_address" not in signed[:at], path
        assert len(signed) - at < 40, path
        text = path.with_name("body.txt").read_text(encoding="utf-8")
        above = signed_text(text, "SIGNATURE", ["{{ company.postal_address }}"]).partition("SIGNATURE")[0]
        assert "rep.name" in above, path
        assert "postal_address" not in above, path
