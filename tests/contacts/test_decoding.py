import pytest

from engine.contacts.decoding import decode
from engine.core.errors import BadInput

CHINESE = "姓名,邮箱,备注\n王伟,wei@x.example,已加微信\n欧阳明月,oy@x.example,想了解价格\n"
WESTERN = "Name,Email\nJürgen Größe,j@x.example\nZoë Ångström,z@x.example\nÉtienne,e@x.example\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_chinese_text_is_read_in_every_encoding_it_comes_in(encoding: str) -> None:
    text, found = decode(CHINESE.encode(encoding), name="f")
    assert (text, found) == (CHINESE, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "cp1252"])
def test_western_text_is_read_in_every_encoding_it_comes_in(encoding: str) -> None:
    text, found = decode(WESTERN.encode(encoding), name="f")
    assert (text, found) == (WESTERN, encoding)


def test_one_chinese_name_among_english_is_enough_to_tell() -> None:
    data = ("Name,Email\n" + "John Smith,j@x.example\n" * 200 + "王伟,w@x.example\n").encode("gb18030")
    assert decode(data, name="f")[0].endswith("王伟,w@x.example\n")


def test_one_umlaut_among_english_is_enough_to_tell() -> None:
    data = ("Name,Email\n" + "John Smith,j@x.example\n" * 200 + "Müller,w@x.example\n").encode("cp1252")
    assert decode(data, name="f")[0].endswith("Müller,w@x.example\n")


def test_a_damaged_byte_does_not_turn_a_file_into_another_encoding() -> None:
    data = ("Müller\n" * 100).encode() + b"M\xfcller\n"
    text, encoding = decode(data, name="f")
    assert encoding == "utf-8"
    assert text.count("Müller") == 100


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"\x1f\x8b", b"\x89PNG"])
def test_other_files_are_named_and_refused(start: bytes) -> None:
    with pytest.raises(BadInput, match=r"^book: this is an? .*CSV"):
        decode(start + b"anything", name="book")


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\0\0\0\0"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="empty"):
        decode(data, name="f")


def test_noise_is_refused() -> None:
    with pytest.raises(BadInput, match="no text"):
        decode(bytes(range(1, 32)) * 50, name="f")
