"""People by what is known of them."""

from sqlalchemy import select

from engine.store.connection import Connection, Record
from engine.store.tables import account, prospect


def people(
    connection: Connection,
    *,
    stages: tuple[str, ...] = (),
    countries: tuple[str, ...] = (),
    source: str | None = None,
    locale: str | None = None,
) -> list[Record]:
    columns = (prospect.c.id, prospect.c.name, prospect.c.stage, prospect.c.country, prospect.c.zone, prospect.c.lists)
    joined = prospect.outerjoin(account, account.c.id == prospect.c.account_id)
    wanted = select(*columns, account.c.name.label("account_name")).select_from(joined).order_by(prospect.c.id)
    if stages:
        wanted = wanted.where(prospect.c.stage.in_(stages))
    if countries:
        wanted = wanted.where(prospect.c.country.in_(countries))
    if source is not None:
        wanted = wanted.where(prospect.c.source == source)
    if locale is not None:
        wanted = wanted.where(prospect.c.locale.like(f"{locale}%"))
    return list(connection.execute(wanted))


def stages(connection: Connection) -> set[str]:
    """Those that people are in, also where the workspace names them no more."""
    return set(connection.scalars(select(prospect.c.stage).where(prospect.c.stage.is_not(None)).distinct()))


def lists(connection: Connection) -> set[str]:
    """Of all imports."""
    found = connection.scalars(select(prospect.c.lists).where(prospect.c.lists.is_not(None)))
    return {name for names in found for name in names or ()}
