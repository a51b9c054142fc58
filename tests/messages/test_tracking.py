from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from engine.messages.contract import HTML_BODY, TEXT_BODY
from engine.messages.tracking import template_links, tracked

PRICES = "https://acme.example/prices?a=1&b=2"
TEMPLATE = {
    "subject.txt": "See https://acme.example/subject",
    TEXT_BODY: f"Prices: {PRICES}. Yours: {{{{ unsubscribe_url }}}} https://acme.example/{{{{ prospect.name }}}}",
    HTML_BODY: (
        '<a href="https://acme.example/prices?a=1&amp;b=2">prices</a> <a href="{{ unsubscribe_url }}">stop</a>'
        "<a HREF='https://acme.example/single'>s</a> <a href=\"mailto:a@acme.example\">mail</a>"
        '<a href="javascript:alert(1)">js</a> <img src="https://acme.example/pixel.gif">'
    ),
}
OURS = template_links(TEMPLATE)


def led(link: str) -> str:
    return f"https://t.example/c/<{len(link)}>"


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str | None] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src")]


def links_of(html: str) -> list[str | None]:
    parser = Links()
    parser.feed(html)
    return parser.found


def test_only_whole_web_addresses_of_the_template_are_its_own() -> None:
    assert {PRICES, "https://acme.example/single", "https://acme.example/subject"} == OURS


def test_links_in_html_are_led_through_us_and_nothing_else_is_touched() -> None:
    unsubscribe = "https://t.example/u/1.abc"
    html = TEMPLATE[HTML_BODY].replace("{{ unsubscribe_url }}", unsubscribe)
    assert links_of(tracked(HTML_BODY, html, OURS, led)) == [
        led(PRICES),
        unsubscribe,
        led("https://acme.example/single"),
        "mailto:a@acme.example",
        "javascript:alert(1)",
        "https://acme.example/pixel.gif",
    ]


def test_links_in_text_keep_the_sentence_around_them() -> None:
    text = f"Prices: {PRICES}. Yours: https://t.example/u/1.abc https://acme.example/Ada"
    assert tracked(TEXT_BODY, text, OURS, led) == (
        f"Prices: {led(PRICES)}. Yours: https://t.example/u/1.abc https://acme.example/Ada"
    )


def test_what_a_contact_brings_along_is_never_led_through_us() -> None:
    theirs = 'They wrote: https://evil.example/x <a href="https://evil.example/y">y</a>'
    for part in (TEXT_BODY, HTML_BODY):
        assert tracked(part, theirs, OURS, led) == theirs


@given(st.text(max_size=200))
def test_a_text_without_our_links_stays_as_it_is(text: str) -> None:
    for part in (TEXT_BODY, HTML_BODY):
        assert tracked(part, text, frozenset(), led) == text
        assert tracked(part, text, frozenset({"https://never.example/there"}), led) == text
