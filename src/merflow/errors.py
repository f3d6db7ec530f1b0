"""What a user can cause to go wrong, each with a message that says what to do next."""


class MerflowError(Exception):
    """Base of every error that a user's input can cause; ``str(error)`` is the whole message."""


class ConfigError(MerflowError):
    """The configuration asks for something that does not exist or cannot work."""


class DatasetError(MerflowError):
    """A dataset as a whole cannot be read: its root, a sheet, a column or a label is not as expected."""


class UnreadableError(DatasetError):
    """A file or folder of the user cannot be read: no permission, missing, or of another kind.

    Parameters
    ----------
    reason : str
        What was expected and what the operating system said, in one sentence.
    source : str
        The file or folder.
    """

    def __init__(self, reason: str, *, source: str) -> None:
        super().__init__(f"{source}: {reason}. Correct its rights (ls -ld shows them), or its path in config.yaml.")
        self.reason = reason
        self.source = source


class ArtefactError(MerflowError):
    """A file of the artefact store is missing, unfinished, of another version, or not what its path says."""


class BadClipError(MerflowError):
    """One clip cannot be used; its dataset can. Becomes a row of ``exclusions.csv``.

    Parameters
    ----------
    reason : str
        What was expected and what was found, in one sentence.
    source : str
        The file that shows it, as the user knows it; empty when no single file does.
    """

    def __init__(self, reason: str, *, source: str = "") -> None:
        super().__init__(f"{reason} ({source})" if source else reason)
        self.reason = reason
        self.source = source
