"""Every path of the results folder, built in one place. Wildcards of the workflow pass unchanged.

The names in a path are also read here, so that a file in the place of another is refused.
"""

import re
from pathlib import Path

RESULTS = "results"
TABLES = "tables"
QC = "qc"


def is_result(path: str | Path) -> bool:
    """Return whether a path leads into the folder of results."""
    return Path(path).parts[:1] == (RESULTS,)


def raw(dataset: str) -> str:
    """Return the folder of a synthesised dataset's recordings."""
    return f"{RESULTS}/{dataset}/raw"


def clips(dataset: str) -> str:
    """Return the index of a dataset: one row a clip."""
    return f"{RESULTS}/{dataset}/clips.csv"


def exclusions(dataset: str) -> str:
    """Return the table of clips that indexing left out."""
    return f"{RESULTS}/{dataset}/exclusions.csv"


def shard(dataset: str, kind: str, variant: str, subject: str) -> str:
    """Return the shard of one subject."""
    return f"{RESULTS}/{dataset}/artefacts/{kind}/{variant}/{subject}.h5"


def shard_list(dataset: str, kind: str, variant: str) -> str:
    """Return the list of all shards of a variant: whose they are, how many clips they hold, and their SHA-256."""
    return f"{RESULTS}/{dataset}/artefacts/{kind}/{variant}/shards.csv"


def batch_list(dataset: str, kind: str, variant: str, batch: str) -> str:
    """Return the list of the shards that one job has made."""
    return f"{RESULTS}/{dataset}/artefacts/{kind}/{variant}/batches/{batch}.csv"


def recorded_state(dataset: str, kind: str, variant: str, subject: str) -> str:
    """Return the note beside a shard that was read from recorded files: what they held, in which states."""
    return f"{RESULTS}/{dataset}/artefacts/{kind}/{variant}/{subject}.recorded.txt"


def names_in_shard(path: str | Path) -> dict[str, str | None]:
    """Return the dataset, variant and subject that a shard's path names; nothing for a file that lies elsewhere."""
    found = _match(path, shard("{dataset}", "{kind}", "{variant}", "{subject}"))
    return {name: found[name] for name in ("dataset", "variant", "subject")} if found else {}


def kind_in_shard(path: str | Path) -> str | None:
    """Return the kind that a shard's path names; None for a file that lies elsewhere."""
    found = _match(path, shard("{dataset}", "{kind}", "{variant}", "{subject}"))
    return found["kind"] if found else None


def is_place_of_shard(path: str | Path) -> bool:
    """Return whether a path is one that the workflow gives to a shard."""
    return bool(names_in_shard(path))


def experiment(dataset: str, name: str, *parts: str) -> str:
    """Return a file of an experiment, such as ``examples.h5`` or ``metrics.csv``."""
    return "/".join((RESULTS, dataset, name, *parts))


def names_in_examples(path: str | Path) -> dict[str, str | None]:
    """Return the dataset and experiment that the path of examples names; nothing for a file that lies elsewhere."""
    found = _match(path, experiment("{dataset}", "{experiment}", "examples.h5"))
    return dict(found.groupdict()) if found else {}


def fold(dataset: str, name: str, fold: str, *parts: str) -> str:
    """Return a file of one fold of an experiment."""
    return experiment(dataset, name, "folds", fold, *parts)


def final(dataset: str, name: str, *parts: str) -> str:
    """Return a file of the network that is trained on all subjects of an experiment, such as ``model.pt``."""
    return experiment(dataset, name, "final", *parts)


def fold_list(dataset: str, name: str) -> str:
    """Return the list of all folds of an experiment, with the SHA-256 of the record of each."""
    return experiment(dataset, name, "folds.csv")


def fold_batch_list(dataset: str, name: str, batch: str) -> str:
    """Return the list of the folds that one job has trained."""
    return experiment(dataset, name, "batches", f"{batch}.csv")


def accuracy(dataset: str, what: str = ".csv") -> str:
    """Return the table that holds an embedded dataset's artefacts against its ground truth, or its page (``.html``)."""
    return f"{RESULTS}/{dataset}/accuracy{what}"


def landmark_accuracy(dataset: str, what: str = ".csv") -> str:
    """Return the table that holds the motion of an embedded dataset's landmarks against its truth, or its page."""
    return f"{RESULTS}/{dataset}/landmarks{what}"


def magnification_accuracy(what: str = ".csv") -> str:
    """Return the table that holds every magnification against exact re-renders, or its page; it is of no dataset."""
    return f"{RESULTS}/magnification{what}"


def magnifier(*parts: str) -> str:
    """Return a file of the learned magnification: it is trained on synthetic motions, and belongs to no dataset."""
    return "/".join((RESULTS, "magnifier", *parts))


def quality(dataset: str, *parts: str) -> str:
    """Return a file of the quality pages of a dataset, such as ``index.html`` or ``clips.tsv``."""
    return "/".join((RESULTS, dataset, QC, *parts))


def comparison(dataset: str, first: str, second: str, what: str) -> str:
    """Return a file that puts two experiments on one dataset side by side."""
    return f"{RESULTS}/{dataset}/compare/{first}-vs-{second}{what}"


def activation_maps(dataset: str, first: str, second: str, what: str) -> str:
    """Return a file of the activation maps of two experiments, correlated with those of the first."""
    return f"{RESULTS}/{dataset}/compare/activation_maps/{first}-vs-{second}{what}"


def summary(what: str) -> str:
    """Return a file that puts every experiment on every dataset side by side; it belongs to no dataset."""
    return f"{RESULTS}/summary{what}"


def paper_table(paper: str, table: str, what: str, dataset: str = "") -> str:
    """Return a file that puts our numbers beside a published table, on the paper's datasets or on another one."""
    return "/".join(filter(None, (RESULTS, dataset, TABLES, paper, f"{table}{what}")))


def log(rule: str, *wildcards: str) -> str:
    """Return the log of one job of a rule."""
    return "/".join((RESULTS, "logs", rule, *wildcards)) + ".log"


def benchmark(rule: str, *wildcards: str) -> str:
    """Return the table of time and memory that one job of a rule took."""
    return "/".join((RESULTS, "benchmarks", rule, *wildcards)) + ".tsv"


def _match(path: str | Path, built: str) -> re.Match[str] | None:
    """Match a path, in whatever folder, with one that was built of wildcards; each stands for one name."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(built))
    return re.fullmatch(rf"(?:.*/)?{pattern}", Path(path).as_posix())
