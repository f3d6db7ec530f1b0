"""Logs of the rule scripts: to the rule's log file and to the screen, the user's mistakes without a traceback."""

import logging
import sys
from pathlib import Path
from types import TracebackType

from merflow.errors import MerflowError
from merflow.reading import told

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure_logging(path: str | Path) -> None:
    """Send log records and uncaught exceptions to a file and to standard error.

    Parameters
    ----------
    path : str or Path
        The rule's log. An error that a user can mend is written there with its traceback and on the screen without.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    file = logging.FileHandler(path, mode="w", encoding="utf-8")
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, format=FORMAT, handlers=[file, screen], force=True)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    logger = logging.getLogger("merflow")
    if isinstance(error, MerflowError):
        logger.error("%s: %s", kind.__name__, error)
        logger.info("where it came from", exc_info=(kind, error, traceback))
    elif isinstance(error, OSError) and error.errno is not None:
        logger.error("%s: %s", kind.__name__, told(error))
        logger.info("where it came from", exc_info=(kind, error, traceback))
    else:
        logger.error("this is a fault of merflow or its environment", exc_info=(kind, error, traceback))
