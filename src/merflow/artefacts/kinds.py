"""The schemas of all kinds of artefact, by name.

Each is declared with its stage (``merflow.stages.<kind>``). The store is below the stages and imports none of them. It
finds their declarations by name at the first use, as Python finds plug-ins.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module

from merflow.artefacts.schema import KindSchema

_DECLARATIONS = "merflow.stages"


class _Kinds(Mapping[str, KindSchema]):
    """Schemas by kind, in the order in which data flow through the stages."""

    @cached_property
    def _schemas(self) -> Mapping[str, KindSchema]:
        return {kind: stage.schema for kind, stage in import_module(_DECLARATIONS).STAGES.items()}

    def __getitem__(self, kind: str) -> KindSchema:
        return self._schemas[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._schemas)

    def __len__(self) -> int:
        return len(self._schemas)


KINDS: Mapping[str, KindSchema] = _Kinds()
