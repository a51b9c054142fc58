"""Email addresses: mended where only one reading is possible, and the keys by which two spellings are one address."""

import re
import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from engine.contacts.cells import Cell, clean_machine_text, fold, is_nothing
from engine.contacts.problems import RowProblem, problem
from engine.contacts.rows import Email

_SEPARATORS = re.compile(r"[;,、|\s/]+")
_IN_BRACKETS = re.compile(r"<([^<>@\s]+@[^<>@\s]+)>")
_SPELLED_AT = re.compile(r"\s*[(\[{]\s*at\s*[)\]}]\s*|(?<=\S)\s+at\s+(?=[\w-]+(?:\.[\w-]+)+)|\s*@\s*", re.IGNORECASE)
_SPELLED_DOT = re.compile(r"\s*[(\[{]\s*dot\s*[)\]}]\s*", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()@]*\)")
_MAILTO = re.compile(r"\bmailto:\s*([^?\s]+)(?:\?\S*)?", re.IGNORECASE)
_ANY_ADDRESS = re.compile(r"[^\s@<>()\[\]\"',;、|/:]+@[^\s@<>()\[\]\"',;、|/:]+\.[^\s@<>()\[\]\"',;、|/:.]+")
_AROUND = " \t.,:'\"`<>()[]{}"
_IGNORES_DOTS = frozenset({"gmail.com", "googlemail.com"})

_QUALITIES = {
    "verified": "verified valid deliverable ok safe 已验证 有效",
    "guessed": "guessed extrapolated likelytoengage catchall acceptall risky likely 猜测",
    "unavailable": "unavailable invalid bounced undeliverable 无效 不可用 退信",
    "unknown": "unknown unverified pending pendingmanualfulfillment notverified usermanaged new 未验证 未知",
}
_QUALITY_OF = {word: quality for quality, words in _QUALITIES.items() for word in words.split()}


def read_quality(cell: Cell | None) -> tuple[str, list[RowProblem]]:
    if cell is None or is_nothing(cell.value):
        return "unknown", []
    quality = _QUALITY_OF.get(fold(cell.value))
    return (quality, []) if quality else ("unknown", [problem("email_status_unknown", cell)])


def read_emails(cell: Cell, quality: str) -> tuple[list[Email], list[RowProblem]]:
    """The addresses of one cell. The quality is that of the first; nobody has checked the others."""
    if is_nothing(cell.value):
        return [], []
    text = clean_machine_text(cell.value)
    emails: list[Email] = []
    problems: list[RowProblem] = []
    for piece in _pieces(text):
        address, complaint = _validated(piece)
        if address is None:
            problems.append(problem("email_unreadable", Cell(cell.column, piece), reason=complaint))
        elif email_key(address) not in {email_key(email.value) for email in emails}:
            emails.append(Email(address, quality if not emails else "unknown"))
    problems += _mendings(cell, emails)
    return emails, problems


def _mendings(cell: Cell, emails: list[Email]) -> list[RowProblem]:
    if len(emails) > 1:
        return [problem("email_several", cell, count=len(emails), address=emails[0].value)]
    if emails and not _is_as_written(cell.value.strip(), emails[0].value):
        return [problem("email_mended", cell, address=emails[0].value)]
    return []


def _is_as_written(text: str, address: str) -> bool:
    """Letter case, outer spaces and the form of an international domain are nobody's mistake."""
    is_plain = unicodedata.is_normalized("NFKC", text) and not text.endswith(".")
    return is_plain and email_key(text) == email_key(address)


def _pieces(text: str) -> list[str]:
    """What may be an address. Words beside an address make it doubtful, unless the address is in angle brackets."""
    bracketed = _IN_BRACKETS.findall(text)
    if bracketed:
        return [piece.strip(_AROUND) for piece in bracketed]
    joined = _SPELLED_DOT.sub(".", _SPELLED_AT.sub("@", _MAILTO.sub(r"\1", text)))
    joined = _COMMENT.sub(" ", joined)
    pieces = [piece.strip(_AROUND) for piece in _SEPARATORS.split(joined)]
    pieces = [piece for piece in pieces if piece]
    return pieces if all("@" in piece for piece in pieces) else [joined.strip(_AROUND)]


@lru_cache(maxsize=20_000)
def _validated(piece: str) -> tuple[str | None, str]:
    try:
        valid = _validate(piece)
    except EmailNotValidError as error:
        return None, str(error).rstrip(".")
    return f"{valid.local_part}@{valid.ascii_domain}", ""


def _validate(address: str) -> ValidatedEmail:
    return validate_email(address, check_deliverability=False, test_environment=True)


def addresses_in(text: str) -> list[str]:
    """Whatever could be an address: never to write to, only never to lose an opt-out."""
    folded = clean_machine_text(text)
    spelled_out = _SPELLED_DOT.sub(".", _SPELLED_AT.sub("@", folded))
    found = [*_ANY_ADDRESS.findall(folded), *_ANY_ADDRESS.findall(spelled_out)]
    return list(dict.fromkeys(email_key(address.strip(_AROUND)) for address in found))


def email_key(value: str) -> str:
    """The identity of an address: two spellings that reach one mailbox in practice have one key."""
    local, _, domain = clean_machine_text(value).rpartition("@")
    return f"{_fold_local(local)}@{_domain_forms(domain)[0]}" if local else _fold_local(domain)


def suppression_keys(value: str) -> tuple[str, ...]:
    """Every key under which an opt-out of this address is kept and looked up, the widest one last.

    Beyond `email_key`: without the `+tag`, without the dots that Gmail ignores, and with the domain in its ASCII
    form, its Unicode form, and the form it takes in capitals (the sharp s becomes SS). All spellings of one mailbox
    have the same widest key.
    """
    exact = email_key(value)
    local, at, domain = exact.rpartition("@")
    if not at:
        return (exact,)
    mailbox = local.split("+", 1)[0] or local
    if domain in _IGNORES_DOTS:
        mailbox, domain = mailbox.replace(".", "") or mailbox, "gmail.com"
    ascii_form, unicode_form = _domain_forms(domain)
    widest = f"{mailbox}@{_domain_forms(unicode_form.casefold())[0]}"
    keys = (exact, f"{local}@{unicode_form}", f"{mailbox}@{ascii_form}", f"{mailbox}@{unicode_form}")
    return (*(key for key in dict.fromkeys(keys) if key != widest), widest)


def ascii_domain(domain: str) -> str:
    return _domain_forms(domain)[0]


def _fold_local(local: str) -> str:
    """Upper before lower, so that the sharp s and the dotless i meet their capitals; letters apart from their marks,
    which capitals may wear elsewhere.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", local).upper().casefold())


@lru_cache(maxsize=20_000)
def _domain_forms(domain: str) -> tuple[str, str]:
    """The ASCII and the Unicode form of a domain."""
    bare = domain.strip(" .").lower()
    try:
        valid = _validate(f"a@{bare}")
    except EmailNotValidError:
        return bare, bare
    return valid.ascii_domain.lower(), valid.domain.lower()
