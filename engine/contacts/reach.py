"""Every way to reach the person of a row: addresses, numbers, profiles, and the company's domain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine.contacts.addresses import ascii_domain, email_key, read_emails, read_quality
from engine.contacts.cells import clean_machine_text, word_set
from engine.contacts.columns import Cells, first_cell, line_of
from engine.contacts.free_mail import FREE_MAIL
from engine.contacts.header_words import PHONE_KINDS
from engine.contacts.identity import linkedin_url, wechat_id
from engine.contacts.phones import read_phones
from engine.contacts.problems import RowProblem, problem
from engine.contacts.rows import Email, Phone

# They say nothing about the company: mail providers, networks where anybody has a page, and the names that RFC 2606
# gives to nobody.
_NO_COMPANY = FREE_MAIL | word_set("""linkedin.com facebook.com twitter.com x.com instagram.com youtube.com github.com
    weibo.com weixin.qq.com mp.weixin.qq.com example.com example.net example.org""")


@dataclass(frozen=True, slots=True)
class Reach:
    emails: tuple[Email, ...]
    phones: tuple[Phone, ...]
    wechat_id: str | None
    linkedin_url: str | None
    domain: str

    @property
    def is_empty(self) -> bool:
        return not (self.emails or self.phones or self.wechat_id or self.linkedin_url)


def read_reach(cells: Cells, countries: Sequence[str], home: str | None) -> tuple[Reach, list[RowProblem]]:
    """`countries` are tried for numbers without a country code; `home` is the one in its own column."""
    emails, email_problems = _emails(cells)
    phones, phone_problems = _phones(cells, countries, home)
    wechat, wechat_problems = _converted(cells, "wechat_id", wechat_id)
    linkedin, linkedin_problems = _converted(cells, "linkedin_url", linkedin_url)
    reach = Reach(emails, phones, wechat, linkedin, _domain(cells, emails))
    return reach, [*email_problems, *phone_problems, *wechat_problems, *linkedin_problems]


def _emails(cells: Cells) -> tuple[tuple[Email, ...], list[RowProblem]]:
    quality, problems = read_quality(first_cell(cells, "email_status"))
    emails: dict[str, Email] = {}
    for cell in cells.get("email", ()):
        found, more = read_emails(cell, "unknown" if emails else quality)
        problems += more
        for email in found:
            emails.setdefault(email_key(email.value), email)
    return tuple(emails.values()), problems


def _phones(cells: Cells, countries: Sequence[str], home: str | None) -> tuple[tuple[Phone, ...], list[RowProblem]]:
    """In the order of `PHONE_KINDS`: first the number that reaches the person."""
    phones: dict[tuple[str, str | None], Phone] = {}
    problems: list[RowProblem] = []
    for field, kind in PHONE_KINDS.items():
        for cell in cells.get(field, ()):
            found, more = read_phones(cell, kind, countries, home)
            problems += more
            for phone in found:
                phones.setdefault((phone.e164, phone.extension), phone)
    return tuple(phones.values()), problems


def _converted(cells: Cells, field: str, convert: Callable[[str], str | None]) -> tuple[str | None, list[RowProblem]]:
    cell = first_cell(cells, field)
    if cell is None:
        return None, []
    value = convert(cell.value)
    code = "wechat_unreadable" if field == "wechat_id" else "linkedin_unreadable"
    return value, [] if value else [problem(code, cell)]


def _domain(cells: Cells, emails: Sequence[Email]) -> str:
    """The company's: from its own column, its website, else the address, unless that is a mail provider's."""
    hosts = [_host(line_of(cells, field)) for field in ("domain", "website")]
    hosts += [email.value.rpartition("@")[2] for email in emails]
    return next((ascii_domain(host) for host in hosts if host and host not in _NO_COMPANY), "")


def _host(value: str) -> str:
    text = clean_machine_text(value).casefold()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").strip(".") if "." in host and " " not in host else ""
