"""Compare each shard with its seal, its schema, its place, and the shards that it was made of."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from merflow import paths
from merflow.artefacts import KINDS, open_shard
from merflow.artefacts.differences import differences
from merflow.artefacts.seal import digests
from merflow.audit.findings import Findings
from merflow.errors import ArtefactError
from merflow.stages import STAGES


class ShardName(NamedTuple):
    """Which shard: what its path says."""

    dataset: str
    kind: str
    variant: str
    subject: str

    def below(self, root: Path) -> Path:
        """Return its path in a workflow's folder."""
        return root / paths.shard(*self)


class _Facts(NamedTuple):
    params: dict[str, Any]
    inputs: dict[str, str]


class Shards:
    """The shards of one folder of results; each is read once, however many experiments go back to it."""

    def __init__(self, root: Path, findings: Findings) -> None:
        self.root, self._findings = root, findings
        self._known: dict[ShardName, _Facts | None] = {}

    def check(self, wanted: Iterable[ShardName], *, then: Path | None = None) -> None:
        """Compare shards with their records.

        Parameters
        ----------
        wanted : iterable of ShardName
            Those that must be there.
        then : Path, optional
            Metrics that go back to them.
        """
        for name in wanted:
            new = name not in self._known
            facts = self._facts(name, then)
            if new and facts is not None:
                self._check_inputs(name, facts, then)
            if then and self._findings.has_fault(name.below(self.root)):
                self._findings.targets[then] = None  # of every experiment that goes back to it

    def check_settings(self, name: ShardName, settings: Mapping[str, Any], *, then: Path | None) -> None:
        """Refuse a shard of other settings than an experiment says; those that only one of them knows are passed over.

        Pictures that came ready have no settings of a computation.
        """
        facts = self._facts(name, then)
        params = facts.params if facts else {}
        if why := differences(params, settings, known_to_both=True):
            path = name.below(self.root)
            expected = "to be made with the settings of settings.yaml"
            self._findings.add(path, expected, f"others ({why})", force=[path], then=then)

    def digest(self, name: ShardName) -> str:
        """Return the SHA-256 of a whole shard; empty where it is missing or damaged."""
        return digests(name.below(self.root)).file if self._facts(name, None) else ""

    def _facts(self, name: ShardName, then: Path | None) -> _Facts | None:
        """Return what a shard says of its making; nothing for one with a fault, which is then among the findings."""
        if name not in self._known:
            self._known[name] = self._read(name, then)
        return self._known[name]

    def _read(self, name: ShardName, then: Path | None) -> _Facts | None:
        path = name.below(self.root)
        if not path.is_file():
            self._findings.add_lacking(path, "an artefact", force=[path], then=then)
            return None
        self._findings.count(path)
        try:
            with open_shard(path, kind=name.kind) as shard:
                return _Facts(shard.params, json.loads(shard.root_attrs()["inputs"]))
        except ArtefactError as error:
            self._findings.add_refused(path, error, force=[path], then=then)
            return None

    def _check_inputs(self, name: ShardName, facts: _Facts, then: Path | None) -> None:
        """Refuse a shard that was made of other shards than those that are there now."""
        for upstream in self._upstreams(name, facts):
            recorded, found = facts.inputs.get(upstream.kind), self.digest(upstream)
            if recorded and found and recorded != found:
                path = name.below(self.root)
                expected = f"to be made of {upstream.below(self.root)} as it is now (sha256 {found[:16]})"
                self._findings.add(path, expected, f"another one's digest ({recorded[:16]})", force=[path], then=then)

    def _upstreams(self, name: ShardName, facts: _Facts) -> Iterator[ShardName]:
        """Yield the shards of one subject that a shard goes back to, as far as they are there and whole."""
        kind = name.kind
        known: _Facts | None = facts
        while known and (named := [one for one in STAGES[kind].upstreams if one in known.params]):
            kind = named[0]
            above = ShardName(name.dataset, kind, known.params[kind], name.subject)
            if not above.below(self.root).is_file():
                return
            yield above
            known = self._facts(above, None)


def shards_there(root: Path, dataset: str) -> list[ShardName]:
    """Return the shards that lie in the folder of a dataset."""
    folder = root / paths.RESULTS / dataset / "artefacts"
    found = sorted(folder.glob("*/*/*.h5"))
    return [
        ShardName(dataset, path.parts[-3], path.parts[-2], path.stem)
        for path in found
        if path.parts[-3] in KINDS and not path.name.startswith(".")
    ]
