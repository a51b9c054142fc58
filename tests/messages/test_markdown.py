from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.messages.markdown import markdown_to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Opening", "<h1>Opening</h1>"),
        ("### 开场", "<h3>开场</h3>"),
        ("Hi **Ana**, *really*", "<p>Hi <strong>Ana</strong>, *really*</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p>\n<p>three</p>"),
        ("Ask:\n- budget\n- **date**\n", "<p>Ask:</p>\n<ul><li>budget</li><li><strong>date</strong></li></ul>"),
        ("1. first\n2) second", "<ol><li>first</li><li>second</li></ol>"),
        ("Then `call_back`.", "<p>Then <code>call_back</code>.</p>"),
        ("#no heading", "<p>#no heading</p>"),
        ("", ""),
        ("<b>&\"'", "<p>&lt;b&gt;&amp;&quot;&#x27;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
    ],
)
def test_a_script_becomes_html(text: str, html: str) -> None:
    assert markdown_to_html(text) == html


class TagsSeen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))


@given(
    st.lists(
        st.sampled_from(["<", ">", "script", "**", "`", "# ", "- ", "1. ", "\n", "\r", "a", '"', "&", "onload=", "\\1"])
    ).map("".join)
)
def test_no_text_brings_a_tag_or_attribute_of_its_own(text: str) -> None:
    seen = TagsSeen()
    seen.feed(markdown_to_html(text))
    allowed = {"p", "br", "strong", "code", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6"}
    assert {tag for tag, _ in seen.tags} <= allowed
    assert not [attributes for _, attributes in seen.tags if attributes]
