"""Every error Touchline raises on purpose. The class name is the problem, its docstring the default message."""


class EngineError(Exception):
    """Something Touchline was asked to do cannot be done."""

    def __init__(self, message: str | None = None, **data: object) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.data = data


class IllegalTransition(EngineError):
    """That move is not in the state table."""


class NotFound(EngineError):
    """There is no such thing."""


class OutOfScope(EngineError):
    """That is somebody else's."""


class Conflict(EngineError):
    """Somebody else changed it first; read it again."""


class Stale(Conflict):
    """It is no longer as it was when it was read; read it again."""


class TooMany(Conflict):
    """They are more people than the rep can take."""


class WrittenInFile(Conflict):
    """It stands in a file; change it there, and apply."""


class Busy(EngineError):
    """Somebody is at work on it at this moment; try again in a few seconds."""


class BadInput(EngineError):
    """The input cannot be used as it is."""


class CannotRender(EngineError):
    """The message cannot be written for this person."""


class UnsafeHeader(CannotRender):
    """A value would break out of its mail header."""


class AnotherDispatcher(EngineError):
    """Another process already dispatches from this SQLite file; stop it first, or use PostgreSQL."""


class Unreachable(EngineError):
    """The database does not answer."""


class NotMigrated(EngineError):
    """The database is not at the newest migration; run `touchline db upgrade`."""
