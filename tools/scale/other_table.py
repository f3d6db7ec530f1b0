"""The table of docs/scale.md with one line for each set that was not measured."""

from collections.abc import Sequence

from tools.scale.estimate import SHARDS, STAGES, TRAININGS, estimate, total
from tools.scale.others import Other, others
from tools.scale.tables import gigabytes, head, hours, line

from merflow.config import Config
from merflow.costs.lookup import Costs

_HEAD = (
    *("set", "people", "clips", "picture, px", "costs of, px", "jobs", "core-hours but for training"),
    *("ATM-GCN, core-hours", "STSTNet, core-hours", "artefacts, GB", "all, GB"),
)


def other_table(config: Config, costs: Costs) -> str:
    """Return one line a set; of one whose clips are not counted none but what is known."""
    rows = [_row(config, costs, one) for one in others(config)]
    return "\n".join([head(_HEAD[0], _HEAD[1:]), *(line(row[0], row[1:]) for row in rows)])


def _row(config: Config, costs: Costs, other: Other) -> Sequence[str]:
    size = other.size
    people = f"{size.subjects} at most" if other.at_most else str(size.subjects)
    if not size.clips:
        return (size.title, people, "not published", other.picture, *[""] * (len(_HEAD) - 4))
    stages = estimate(config, size, costs)
    spent = [[name for name in STAGES if name not in TRAININGS], ["train ATM-GCN"], ["train STSTNet"]]
    kept = [SHARDS, STAGES]
    return (
        *(size.title, people, str(size.clips), other.picture or "not published"),
        *(measured_picture(config, costs, size.pixels), str(total(stages, STAGES).jobs)),
        *(hours(total(stages, names)) for names in spent),
        *(gigabytes(total(stages, names)) for names in kept),
    )


def measured_picture(config: Config, costs: Costs, pixels: int) -> str:
    """Return the size of the measured pictures whose costs a picture of so many pixels has."""
    found = costs.shards(config, "faces", "aligned256", pixels=pixels)
    if found is None:
        raise SystemExit("expected a measured cost of faces/aligned256, found none. Run: make scale")
    return f"{found.cost.width_px}x{found.cost.height_px}"
