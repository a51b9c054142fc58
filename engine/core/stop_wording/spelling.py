"""What hurry does to the words that matter: two letters swapped, one left out, one twice, and the short forms."""

import re
from collections.abc import Iterator

_WORDS = (
    "stop", "stopped", "text", "texts", "email", "emails", "emailing", "mailing", "message", "messages", "messaging",
    "texting", "contact", "contacting", "calling", "remove", "delete", "unsubscribe", "subscribe", "receive", "please",
    "sending", "further", "anymore", "database", "spamming", "marketing",
)  # fmt: skip
_LONG = 6  # letters from which a word that lacks one is no other word
_SHORT = {
    "dont": "don't", "dnt": "don't", "doesnt": "doesn't", "didnt": "didn't", "havent": "haven't", "wont": "won't",
    "shouldnt": "shouldn't", "cant": "can't", "im": "i'm", "id": "i'd", "youre": "you're", "u": "you", "ur": "your",
    "r": "are", "pls": "please", "plz": "please", "plse": "please", "txt": "text", "txts": "texts", "txting": "texting",
    "msg": "message", "msgs": "messages", "thx": "thanks", "wanna": "want to", "gonna": "going to",
}  # fmt: skip
_WORD = re.compile(r"[a-z]{1,14}")


def _errors_in(word: str) -> Iterator[str]:
    yield word + word[-1]
    for at in range(1, len(word)):
        yield word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
        yield word[:at] + word[at - 1] + word[at:]
        if len(word) >= _LONG:
            yield word[:at] + word[at + 1 :]


_MEANT = {error: word for word in _WORDS for error in _errors_in(word)} | {word: word for word in _WORDS} | _SHORT


def mended(text: str) -> str:
    return _WORD.sub(lambda found: _MEANT.get(found[0], found[0]), text)
