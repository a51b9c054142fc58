import pytest

from engine.messages.sms import sms_segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("王" * 70, 1),
        ("王" * 71, 2),
        ("王" * 134, 2),
        ("王" * 135, 3),
        ("a" * 70 + "é", 1),
        ("a" * 70 + "ê", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
    ],
)
def test_segments_are_counted_as_the_network_does(text: str, segments: int) -> None:
    assert sms_segments(text) == segments
