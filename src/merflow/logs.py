"""Logs of the rule scripts: to the rule's log file and to the screen, the user's mistakes without a traceback."""

import logging
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

from merflow.errors import MerflowError
from merflow.files import NO_ROOM
from merflow.reading import told

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure_logging(path: str | Path) -> None:
    """Send log records and uncaught exceptions to a file and to standard error.

    Parameters
    ----------
    path : str or Path
        The rule's log. An error that a user can mend is written there with its traceback and on the screen without.
        Where the disk has no room for it the job goes on, and says so at its end. A second call for the same file
        changes nothing: what the imports of a script have logged since the first one stays.
    """
    if any(isinstance(one, _LogFile) and one.is_of(path) for one in logging.getLogger().handlers):
        return
    sys.excepthook = _log_uncaught
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, format=FORMAT, handlers=[screen], force=True)
    logging.getLogger().addHandler(_LogFile(Path(path)))
    logging.captureWarnings(True)


class _LogFile(logging.FileHandler):
    """A log that outlives a full disk: the work that it tells of is worth more than the log."""

    def __init__(self, path: Path) -> None:
        self._why = ""
        super().__init__(path, mode="w", encoding="utf-8")
        self.setFormatter(logging.Formatter(FORMAT))

    def is_of(self, path: str | Path) -> bool:
        """Return whether this is the log at a path."""
        return self.baseFilename == os.path.abspath(path)  # noqa: PTH100 - as logging made it

    def _open(self) -> TextIOWrapper:
        try:
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
            return super()._open()
        except OSError as error:
            self._remember(error)
            return Path(os.devnull).open("w", encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Remember that there was no room for a line; every other error is told as logging does."""
        error = sys.exception()
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            self._remember(error)
        else:
            super().handleError(record)

    def flush(self) -> None:
        """Write what is held back; logging would not close a file that it cannot flush."""
        try:
            super().flush()
        except OSError as error:
            self._remember(error)

    def close(self) -> None:
        """Close the file, and say on the screen what is missing in it."""
        try:
            super().close()
        except OSError as error:
            self._remember(error)
        if self._why:
            print(
                f"{self.baseFilename}: lines of this log are missing: {self._why}. What the job writes besides is "
                "whole, or it ends with an error. Make room before the next command.",
                file=sys.stderr,
            )
            self._why = ""

    def _remember(self, error: OSError) -> None:
        """Keep for the end that there was no room; raise any other error."""
        if error.errno not in NO_ROOM:
            raise error
        self._why = os.strerror(error.errno or 0)


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    logger = logging.getLogger("merflow")
    said = str(error) if isinstance(error, MerflowError) else told(error)
    if said is None:
        logger.error("this is a fault of merflow or its environment", exc_info=(kind, error, traceback))
        return
    logger.error("%s: %s", kind.__name__, said)
    logger.info("where it came from", exc_info=(kind, error, traceback))
