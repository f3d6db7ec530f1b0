"""What the shard of one subject is made of, and how: what the job of every stage is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.artefacts import OnBadClip
from merflow.datasets.clip import Clip


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the shard of one subject is made of, and how.

    Parameters
    ----------
    dataset, kind, variant, subject : str
        Whose shard it is.
    params : mapping
        What decides its numbers, as the shard records it.
    settings : settings dataclass of the stage
        The same, typed; of a dataset that came ready the mapping itself.
    code : str
        Fingerprint of the code that makes it.
    above : mapping of str to str
        Variant of each kind of upstream shard that it reads.
    root : Path
        Of the recordings; empty where none are read.
    clips : sequence of Clip
        Clips of the subject without their labels; none where no recordings are read.
    recorded : str
        State of the recorded files when the job was planned; empty for embedded recordings and where none are read.
    on_bad_clip : {"exclude", "fail"}
    threads : int
        Clips that may be computed at once.
    compression : {"gzip", "zstd", "none"}
    """

    dataset: str
    kind: str
    variant: str
    subject: str
    params: Mapping[str, Any]
    settings: Any
    code: str
    above: Mapping[str, str]
    root: Path = Path()
    clips: Sequence[Clip] = ()
    recorded: str = ""
    on_bad_clip: OnBadClip = "exclude"
    threads: int = 1
    compression: str = "gzip"

    @property
    def path(self) -> Path:
        """Where the shard lies."""
        return Path(paths.shard(self.dataset, self.kind, self.variant, self.subject))

    @property
    def names(self) -> dict[str, str]:
        """What its path says of it."""
        return {"kind": self.kind, "dataset": self.dataset, "variant": self.variant, "subject": self.subject}

    def upstream(self) -> dict[str, Path]:
        """Return the upstream shards that it reads, by kind."""
        return {
            kind: Path(paths.shard(self.dataset, kind, variant, self.subject)) for kind, variant in self.above.items()
        }
