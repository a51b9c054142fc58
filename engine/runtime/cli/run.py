"""sending, doctor, db: what the person who keeps it running runs."""

from collections.abc import Callable
from typing import Annotated

import typer

from engine.operations import steering
from engine.runtime import files
from engine.runtime.clock import wall_clock
from engine.runtime.console import print_json, print_table, say
from engine.runtime.settings import PREFIX, Settings, load_settings
from engine.runtime.waiting import last_tick, waiting
from engine.runtime.wiring import open_context, open_database
from engine.store import breakers, heartbeats, migrations, plans
from engine.store.database import Database

Json = Annotated[bool, typer.Option("--json", help="print JSON")]

database = typer.Typer(no_args_is_help=True, help="Bring the database to a migration.")


def sending(
    switch: Annotated[str | None, typer.Argument(help="on or off; nothing tells how it stands")] = None,
    as_json: Json = False,
) -> None:
    """The kill switch: off stops every automatic send within seconds."""
    if switch not in (None, "on", "off"):
        raise typer.BadParameter(f"{switch!r} is neither on nor off")
    ctx = open_context(load_settings())
    if switch is not None:
        steering.switch_sending(ctx, is_on=switch == "on", actor="cli")
    is_on = steering.is_sending(ctx)
    if as_json:
        print_json({"sending": is_on})
    else:
        say(f"sending is {'on' if is_on else 'off'}")


def doctor(
    connect: Annotated[bool, typer.Option("--connect", help="log in everywhere; no message is sent")] = False,
    as_json: Json = False,
) -> None:
    """Say how this installation stands; exit code 1 when something must be done."""
    settings = load_settings()
    found = Database(settings.url)
    rows = [*_settings(settings, found), *_state(found)]
    if settings.channels_path is not None:
        from engine.runtime.examination import examined  # noqa: PLC0415 - the SDKs take a second to load

        rows += examined(settings, connect=connect)
    if as_json:
        print_json([{"what": what, "value": value, "advice": advice} for what, value, advice in rows])
    else:
        print_table(("what", "value", "what to do"), rows)
    raise typer.Exit(1 if any(advice for _, _, advice in rows) else 0)


def _settings(settings: Settings, found: Database) -> list[tuple[str, str, str]]:
    """The effective values; of a secret nothing is shown but where it is."""
    given = settings.model_dump() | {
        "channels": settings.channels_path or "",
        "database_url": found.place if settings.database_url else "",
        "token": "set" if settings.token.get_secret_value() else f"kept in {settings.data / 'token'}",
        "secret": "set" if settings.secret.get_secret_value() else f"kept in {settings.data / 'secret'}",
    }
    return [(PREFIX + name.upper(), str(value), "") for name, value in given.items()]


def _state(found: Database) -> list[tuple[str, str, str]]:
    rows = [("database", found.kind, "")]
    if found.path is not None and not found.path.exists():
        return [*rows, ("migrations", "no database yet", "run `touchline apply sequences/`")]
    found.check()
    is_new = migrations.is_at_head(found)
    rows.append(("migrations", "newest" if is_new else "behind", "" if is_new else "run `touchline db upgrade`"))
    if is_new:
        with found.read() as connection:
            beat, applied = heartbeats.last_beat(connection), plans.workspace_row(connection)
        rows.append(
            ("workspace", "applied" if applied else "none", "" if applied else "run `touchline apply sequences/`")
        )
        rows.append(last_tick(beat, wall_clock()))
        rows += _stops(found)
    rows.append(("shipped files", str(files.shipped()), ""))
    return rows


def _stops(found: Database) -> list[tuple[str, str, str]]:
    """What has stopped by itself and waits for a person."""
    with found.read() as connection:
        gate, stopped, left = plans.gate(connection), breakers.open_now(connection), list(waiting(connection))
    rows = [] if gate is None or gate.is_sending else [("sending", "off", "`touchline sending on` lets it go on")]
    rows += [
        (f"{one.level}: {one.scope}", f"{one.key}: {one.detail}", "see `touchline breakers list`") for one in stopped
    ]
    if gate is not None and gate.held_since is not None:
        rows.append(("restored backup", gate.held_note, "look, then run `touchline recovery release`"))
    return [*rows, *left]


@database.command("upgrade")
def upgrade(revision: Annotated[str, typer.Argument(help="a revision, or head")] = "head") -> None:
    """Bring the database to the newest migration."""
    _move(migrations.upgrade, revision)


@database.command("downgrade")
def downgrade(revision: Annotated[str, typer.Argument(help="a revision, or base for none")]) -> None:
    """Take migrations back; tables that a migration made are dropped with what is in them."""
    _move(migrations.downgrade, revision)


def _move(there: Callable[[Database, str], None], revision: str) -> None:
    found = open_database(load_settings())[0]
    there(found, revision)
    at = migrations.current(found) or "base"
    say(f"the database is at {at}" + (", the newest migration" if migrations.is_at_head(found) else ""))
