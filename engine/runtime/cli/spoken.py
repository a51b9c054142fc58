"""What a command says on the screen, in the language of whoever asks. CSV and JSON keep to one, for programs."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from engine.operations.wording import is_chinese

Spoken: TypeAlias = Callable[..., str]


def spoken(words: Mapping[str, tuple[str, str]], locale: str) -> Spoken:
    """`words` are templates in English and Chinese, by name; the heads of a table are parted by `|`."""
    language = is_chinese(locale)
    return lambda name, /, **told: words[name][language].format(**told)
