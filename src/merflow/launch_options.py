"""Options of ``merflow run`` that Snakemake would pass over or refuse without a word, looked at before it starts."""

from collections.abc import Sequence
from pathlib import Path

from merflow.errors import MerflowError

_CONFIG, _CONFIG_FILES, _PROFILE = ("-C", "--config"), ("--configfile", "--configfiles"), "--workflow-profile"
_YAML = (".yaml", ".yml", ".json")
_NO_PROFILE = "none"


def settled(options: Sequence[str], *, folder: Path, profiles: Path) -> list[str]:
    """Return options for Snakemake: ``--config my.yaml`` is its ``--configfile my.yaml``.

    Parameters
    ----------
    options : sequence of str
        Of Snakemake, and targets.
    folder : Path
        Where it will run.
    profiles : Path
        Folder of the profiles that merflow ships.

    Raises
    ------
    MerflowError
        For a configuration or a profile that is not there, and a ``--config`` that sets nothing.
    """
    found: list[str] = []
    option = ""
    for word in _apart(options):
        if word.startswith("-"):
            option = word
        elif option in _CONFIG and "=" not in word:
            _check_file(option, word, folder)
            if found[-1] not in _CONFIG:
                expected = "expected KEY=VALUE, as before it. A file is a --config of its own"
                raise MerflowError(f"--config {word}: {expected}.")
            found[-1] = option = _CONFIG_FILES[0]
        elif option in _CONFIG_FILES and word.endswith(_YAML):
            _check_file(option, word, folder)
        elif option == _PROFILE:
            _check_profile(word, folder, profiles)
            option = ""
        found.append(word)
    return found


def names_configuration(options: Sequence[str]) -> bool:
    """Return whether options say where the configuration lies."""
    words = _apart(options)
    return any(
        word in _CONFIG_FILES or (word in _CONFIG and following.endswith(_YAML))
        for word, following in zip(words, [*words[1:], ""], strict=False)
    )


def _apart(options: Sequence[str]) -> list[str]:
    """Return ``--config=x`` as two words, for the options that are looked at."""
    words = []
    for option in options:
        name, equals, value = option.partition("=")
        words += [name, value] if equals and name in (*_CONFIG, *_CONFIG_FILES, _PROFILE) else [option]
    return words


def _check_file(option: str, name: str, folder: Path) -> None:
    if not (folder / name).is_file():
        there = ", ".join(sorted(path.name for path in folder.iterdir() if path.suffix in _YAML)) or "no such file"
        or_value = ", or KEY=VALUE" if option in _CONFIG else ""
        raise MerflowError(
            f"{option} {name}: expected a file of settings{or_value}, but there is no file of this name. The "
            f"folder has {there}."
        )


def _check_profile(name: str, folder: Path, profiles: Path) -> None:
    """Refuse a profile that is not there: Snakemake would go on without it, and run everything on this machine."""
    places = (folder / name, folder / "profiles" / name, profiles / name)
    if name != _NO_PROFILE and not any(place.exists() for place in places):
        shipped = ", ".join(sorted(path.name for path in profiles.iterdir()))
        raise MerflowError(
            f"{_PROFILE} {name}: expected a folder with config.yaml, found none at {' or '.join(map(str, places))}. "
            f"merflow ships {shipped}."
        )
