"""Draw the adjacency that a network learnt beside the given graph, and its strongest edges on a face.

Input: the list of the folds, whose weights are read, graphs and magnified shards.
Output: pictures/adjacency.png, pictures/learned_edges.png.
Source: Wei et al., GTS-GN, figures 5 and 6.
"""

from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.artefacts import open_shard
from merflow.drawing.canvas import save_png
from merflow.errors import DatasetError
from merflow.training.fold_lists import weights_of_folds
from merflow.training.fold_record import seeds_in
from merflow.training.learned import learned_graphs
from merflow.visualization.networks.adjacency import draw_adjacency
from merflow.visualization.networks.learned_edges import draw_learned_edges


def main(
    weights: Sequence[Path], graphs: Sequence[Path], magnified: Sequence[Path], *, out: dict[str, Path], title: str
) -> None:
    """Write both pictures; the face is that of the first clip."""
    learned = learned_graphs([path for folder in weights for path in seeds_in(folder)])
    for path, background in zip(graphs, magnified, strict=True):  # both in the order of the subjects
        with open_shard(path, kind="graphs") as shard, open_shard(background, kind="magnified") as face:
            if not shard.clips:
                continue
            clip = shard.clips[0]
            nodes = shard.read(clip, "node").tolist()
            save_png(draw_adjacency(learned, nodes, title=f"Learnt adjacency, {title}"), out["adjacency"])
            upstream = {"magnified": face}
            edges = draw_learned_edges(learned, shard, clip, upstream, title=f"Strongest learnt edges, {title}")
            save_png(edges, out["edges"])
            return
    raise DatasetError("expected a clip in at least one graphs shard, but every one is empty: see exclusions.csv.")


if __name__ == "__main__":
    main(
        weights_of_folds(Path(snakemake.input.folds)),
        [Path(path) for path in snakemake.params.graphs],
        [Path(path) for path in snakemake.params.magnified],
        out={name: Path(path) for name, path in snakemake.output.items()},
        title=f"{snakemake.wildcards.experiment} ({snakemake.wildcards.dataset})",
    )
