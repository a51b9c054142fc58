"""Which account a row belongs to: by domain, else by the company's name."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from engine.contacts.cells import clean_line
from engine.contacts.companies import company_key
from engine.contacts.rows import ContactRow
from engine.operations.importing.drafts import Draft, stored


class Companies:
    """The accounts that a file can mean, and those it adds."""

    def __init__(self, rows: Iterable[dict[str, Any]], now: datetime) -> None:
        self._now = now
        self._by_domain: dict[str, Draft] = {}
        self._by_name: dict[str, list[Draft]] = defaultdict(list)
        self.all: list[Draft] = []
        self.by_id: dict[int, Draft] = {}
        for row in rows:
            self._know(stored(row))

    def place(self, current: Draft | None, row: ContactRow) -> tuple[Draft | None, bool]:
        """The person's account after this row, and whether the row changed anything about it. Nobody changes companies
        by an import: where the person has an account, the row may only add to that one.
        """
        meant = self._find(row)
        if meant is None and current is None and is_named(row):
            return self._add(row), True
        if meant is None or current not in (None, meant):
            return current, False
        before = len(meant.changed)
        self._fill(meant, row)
        return meant, current is None or len(meant.changed) > before

    def _find(self, row: ContactRow) -> Draft | None:
        """Two companies of one name are two where each has a domain of its own."""
        if row.domain in self._by_domain:
            return self._by_domain[row.domain]
        namesakes = self._by_name.get(key_of(row), []) if row.company else []
        return next((one for one in namesakes if not (row.domain and one.values["domain"])), None)

    def _add(self, row: ContactRow) -> Draft:
        name = clean_line(row.company) or row.domain
        values = {"name": name, "name_key": key_of(row), "created_at": self._now}
        made = Draft({**values, **dict.fromkeys(("domain", "website", "industry", "employees"))})
        self._fill(made, row)
        self._know(made)
        return made

    def _fill(self, account: Draft, row: ContactRow) -> None:
        account.fill("domain", row.domain)
        account.fill("website", row.website)
        account.fill("industry", row.industry)
        account.fill("employees", str(row.employees) if row.employees else None)
        if row.domain and account.values["domain"] == row.domain:
            self._by_domain.setdefault(row.domain, account)

    def _know(self, account: Draft) -> None:
        self.all.append(account)
        self._by_name[account.values["name_key"]].append(account)
        if account.id is not None:
            self.by_id[account.id] = account
        if account.values["domain"]:
            self._by_domain[account.values["domain"]] = account


def is_named(row: ContactRow) -> bool:
    return bool(row.company or row.domain)


def key_of(row: ContactRow) -> str:
    return company_key(row.company or row.domain)
