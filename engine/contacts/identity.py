"""What makes two rows one person. Only proposed here: merging also knows the people we have."""

import re
import unicodedata
from urllib.parse import quote, unquote, urlsplit

from engine.contacts.addresses import email_key
from engine.contacts.cells import clean_machine_text, fold
from engine.contacts.rows import ContactRow, Phone

_PERSONAL_KINDS = frozenset({"mobile", "direct"})
# Systems whose record ids are never used twice. A list's own numbers begin at 1 in every list.
_SYSTEMS = frozenset({"apollo", "hubspot", "salesforce"})
_WECHAT_ID = re.compile(r"[A-Za-z][\w-]{4,19}", re.ASCII)
_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")
_QQ_NUMBER = re.compile(r"[1-9]\d{4,11}")


def identity_keys(row: ContactRow, system: str = "") -> tuple[tuple[str, str], ...]:
    """(kind, value) pairs, the surest first. `system` is the file's format: a record id means nothing without it.

    Second addresses and phones are shared by colleagues and namesakes; they count only together with the name. A
    switchboard counts, with the name, where the row knows nothing else.
    """
    ref, name = source_ref(row, system), row.full_name
    keys = [("source", ref)] if ref else []
    keys += [("email", email_key(email.value)) for email in row.emails[:1]]
    keys += [("linkedin", linkedin_key(row.linkedin_url))] if row.linkedin_url else []
    keys += [("wechat", row.wechat_id.casefold())] if row.wechat_id else []
    if fold(name):
        keys += [("email+name", with_name(email_key(email.value), name)) for email in row.emails[1:]]
        personal = [phone for phone in row.phones if phone.kind in _PERSONAL_KINDS]
        telling = personal or ([] if keys else row.phones)
        keys += [("phone", with_name(phone_key(phone), name)) for phone in telling]
    return tuple(keys)


def source_ref(row: ContactRow, system: str) -> str | None:
    """The row's id where it comes from; the number in a list means something only together with the name."""
    if not row.source_id:
        return None
    if system in _SYSTEMS:
        return f"{system}:{row.source_id}"
    return with_name(f"list:{row.source_id}", row.full_name) if fold(row.full_name) else None


def phone_key(phone: Phone) -> str:
    return f"{phone.e164}x{phone.extension}" if phone.extension else phone.e164


def with_name(key: str, name: str) -> str:
    return f"{key}|{fold(name)}"


def linkedin_url(value: str) -> str | None:
    """The profile's address in one form, whatever the country host, the scheme and the tracking behind it."""
    text = unicodedata.normalize("NFC", value.strip().strip("<>\"'"))
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return None
    host = (parts.netloc.rpartition("@")[2]).casefold().split(":")[0]
    match = re.match(r"/(in|pub|profile|sales/lead|sales/people)/([^/]+)", unquote(parts.path), re.IGNORECASE)
    if match is None or parts.scheme not in {"http", "https"} or not f".{host}".endswith(".linkedin.com"):
        return None
    slug = " ".join("".join(character for character in match[2] if character.isprintable()).split())
    return f"https://www.linkedin.com/{match[1].casefold()}/{quote(slug)}" if slug else None


def linkedin_key(url: str) -> str:
    return unicodedata.normalize("NFC", unquote(url).casefold()).removeprefix("https://www.")


def wechat_id(value: str) -> str | None:
    """An id, a QQ number or, most often, the mobile number: then its digits, however they were written."""
    text = "".join(clean_machine_text(value).strip("'\"").split())
    if _WECHAT_ID.fullmatch(text):
        return text
    digits = re.sub(r"^(?:\+|00)86|[-().]", "", text)
    return digits if _QQ_NUMBER.fullmatch(digits) else None


def is_mobile_wechat(wechat: str) -> bool:
    """Whether the id is a Chinese mobile number without its country code."""
    return _CHINESE_MOBILE.fullmatch(wechat) is not None
