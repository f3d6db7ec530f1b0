"""The arrays of one clip as a mapping, for who looks at a shard in a notebook."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from merflow.artefacts.shard import Shard


class ClipArrays(Mapping[str, NDArray[Any]]):
    """The arrays of one clip by name; each is read, and checked, when it is asked for.

    It is of an open shard, and of no use after that is closed; the arrays are.

    Attributes
    ----------
    clip : str
        Clip id.
    """

    def __init__(self, shard: "Shard", clip: str) -> None:
        self.clip = clip
        self._shard = shard
        self._names = shard.fields(clip)

    @property
    def attrs(self) -> dict[str, Any]:
        """What the shard says of the clip, such as the official numbers of its ``frames``."""
        return self._shard.attrs(self.clip)

    def describe(self, name: str) -> dict[str, Any]:
        """Return shape, dtype, dims, units and description of an array, without reading it."""
        return self._shard.describe(self.clip, name)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._names:
            raise KeyError(f"{self.clip} has no {name!r}; it has {', '.join(self._names)}")
        return self._shard.read(self.clip, name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        shapes = (f"{name} {self.describe(name)['shape']}" for name in self._names)
        return f"ClipArrays({self.clip}: {', '.join(shapes)})"
