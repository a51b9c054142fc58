"""What a running process says of itself."""

import logging
from typing import TextIO

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback


def write_plainly(file: TextIO | None = None) -> None:
    """To `file`, else to where prints go. structlog's own tracebacks show every local variable, people's addresses and
    passwords among them, and take a second each: a database that is gone for a moment would stop the heart.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that another is still doing is left out: no news
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            ConsoleRenderer(colors=False, exception_formatter=plain_traceback),
        ],
        logger_factory=structlog.PrintLoggerFactory(file),
    )
