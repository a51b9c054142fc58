"""Reads the small files that settings and channels name: whatever is found there, it ends in a text or an OSError."""

from pathlib import Path

LARGEST_SECRET = 64 * 1024


def read_text(path: Path, most: int = LARGEST_SECRET) -> str:
    """Raises OSError for what is no file of at most `most` characters, UnicodeDecodeError for what is no UTF-8."""
    refuse_endless(path)
    with path.open(encoding="utf-8-sig") as file:
        text = file.read(most + 1)
    if len(text) > most:
        raise OSError(None, f"it is longer than {most:,} characters")
    return text


def refuse_endless(path: Path) -> None:
    """Raises OSError for a pipe or a device, which might never end, and for what cannot be the name of a file."""
    if "\0" in str(path):
        raise OSError(None, "its name holds a NUL character")
    if path.exists() and not path.is_dir() and not path.is_file():
        raise OSError(None, "it is no ordinary file")
