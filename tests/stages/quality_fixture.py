"""What the quality of a stage flags, for the tests that plant a fault."""

from collections.abc import Mapping, Sequence

from merflow.artefacts import open_shard
from merflow.drawing.upstream import open_upstream
from merflow.quality.flags import flags_of_column
from merflow.quality_columns import Quality, Value

DEVIATIONS = 5.0


def measured(path, quality: Quality, clip) -> Mapping[str, Value]:
    """Measure one clip of a shard."""
    kind = path.parents[1].name
    with open_shard(path, kind=kind) as shard, open_upstream(shard) as upstream:
        return quality.measure(shard, clip, upstream)


def flagged(quality: Quality, clean: Sequence[Mapping[str, Value]], planted: Mapping[str, Value]) -> set[str]:
    """Return the columns in which a planted fault is flagged among clips without one, none of which may be."""
    found = set()
    for column in quality.columns:
        values = {str(i): own[column.name] for i, own in enumerate([*clean, planted]) if column.name in own}
        _, flags = flags_of_column(column, values, deviations=DEVIATIONS)
        assert set(flags) <= {str(len(clean))}, f"{column.name} flags a clean clip: {flags}"
        if flags:
            found.add(column.name)
    return found
