"""Weights that were trained elsewhere: a user's file becomes the start of a training, all but the last layer.

Nothing is downloaded, and none of these weights comes with merflow.
"""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from merflow.errors import ArtefactError
from merflow.untrusted.weights_file import read_weights

_OF_PARALLEL = "module."
"""Before each name where ``torch.nn.DataParallel`` held the network that was saved."""

_COUNTER = "num_batches_tracked"
"""Of batch norm: torch of 2018 saved none, and no number depends on it."""

ADVICE = "Give a file of this architecture, made as docs/models/res3d.md says, or weights: '' for random ones."


def load_pretrained(net: nn.Module, path: Path, *, model: str, fresh: tuple[str, ...]) -> None:
    """Give a network the weights of a file; parts that the file cannot have keep their own.

    Parameters
    ----------
    net : nn.Module
        Changed in place.
    path : Path
        ``state_dict`` and ``config``, as :func:`merflow.untrusted.weights_file.read_weights` takes it: no code of the
        file runs.
    model : str
        Of the network in the registry, for messages.
    fresh : tuple of str
        Modules of the network that keep their own weights; those of these names in the file are not looked at.

    Raises
    ------
    ArtefactError
        When there is no such file, it is damaged, or it lacks a tensor, has one more, or one of another shape.
    """
    state, _ = read_weights(path, what=f"weights for {model}", advice=ADVICE)
    found = _taken({name.removeprefix(_OF_PARALLEL): value for name, value in state.items()}, fresh)
    wanted = _taken(net.state_dict(), fresh)
    _check_same_tensors(path, model, found=found, wanted=wanted)
    net.load_state_dict(found, strict=False)


def _taken(state: Mapping[str, Tensor], fresh: tuple[str, ...]) -> dict[str, Tensor]:
    """Return the tensors that a file must have."""
    return {
        name: value
        for name, value in state.items()
        if name.partition(".")[0] not in fresh and not name.endswith(_COUNTER)
    }


def _check_same_tensors(path: Path, model: str, *, found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    """Refuse a file of another architecture; name the first tensor that differs, in the order of the network."""
    for name in [*wanted, *(name for name in found if name not in wanted)]:
        here, there = (tuple(state[name].shape) if name in state else "none" for state in (found, wanted))
        if here != there:
            raise ArtefactError(
                f"{path}: expected weights for {model} with {name} of shape {there}, but found {here}: they are of "
                f"another architecture or width. {ADVICE}"
            )
