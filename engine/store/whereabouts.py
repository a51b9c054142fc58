"""What tells where a person is: the same columns by the same names in every row that speaks of somebody."""

from engine.store.tables import account, prospect

COLUMNS = (
    prospect.c.country.label("home_country"),
    prospect.c.region.label("home_region"),
    prospect.c.zone.label("home_zone"),
    prospect.c.zone_origin.label("home_zone_origin"),
    account.c.domain.label("account_domain"),
    account.c.country.label("account_country"),
    account.c.zone.label("account_zone"),
)
