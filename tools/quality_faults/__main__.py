"""``python -m tools.quality_faults FOLDER``: plant every fault once among 96 clips, and see what the pages flag.

FOLDER gets rendered recordings of subjects that no limit was chosen on, the same with the faults (links, but for what
is changed), a configuration and the results. It takes about 6 minutes of processor time.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.page_tables import replaced
from tools.quality_faults.faults import FAULTS
from tools.quality_faults.recording import Recording, link_recordings

from merflow import paths
from merflow.artefacts import open_shard
from merflow.datasets.casme3.generator import MICRO_COLUMNS, MICRO_SHEET
from merflow.datasets.clip import Clip
from merflow.datasets.clip_table import read_clips
from merflow.quality.tables import MISSING
from merflow.synthesis.containers import write_xlsx

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/quality-control.md"
MARK = "planted faults"
CLEAN, DATASET = "clean", "planted"
ARTEFACTS = (
    *("regions/sort1024", "sequences/seq8_64", "graphs/tracked14", "lbp_top/r112", "hoof/successive"),
    "dynamic_images/grey_magnified64",
)
"""That the pages read, with all that these are computed from."""
STEP = 3
"""Every third clip has a fault: the others are clean."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant, run the workflow, and print what was flagged."""
    options = _options(arguments)
    folder = options.folder.resolve()
    if not (folder / "planted.json").is_file():
        _write_config(folder, seed=options.seed)
        _run(folder, paths.clips(CLEAN), paths.shard_list(CLEAN, "faces", "aligned256"))
        faults, involved = plant(folder / paths.RESULTS / CLEAN, folder / "recordings")
        (folder / "planted.json").write_text(json.dumps({"faults": faults, "involved": involved}))
    planted = json.loads((folder / "planted.json").read_text())
    _run(folder, paths.quality(DATASET, "index.html"))
    table = report(folder / paths.quality(DATASET, "clips.tsv"), planted["faults"], planted["involved"])
    print(table)
    if options.write_page:
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), MARK, table, page=PAGE), encoding="utf-8")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.quality_faults", description=__doc__)
    parser.add_argument("folder", type=Path, help="of its own; one that is there is gone on with")
    parser.add_argument(
        "--seed", type=int, default=12, help="of the subjects; limits were chosen on those of 0, the demo, and of 11"
    )
    parser.add_argument("--write-page", action="store_true", help="put the table into docs/quality-control.md")
    return parser.parse_args(arguments)


def _write_config(folder: Path, *, seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "datasets": {
            CLEAN: {
                "reader": "casme3",
                "root": paths.raw(CLEAN),
                "synthesis": {"n_subjects": 8, "clips": 12, "seed": seed},
            },
            DATASET: {"reader": "casme3", "root": str(folder / "recordings")},
        },
        "qc": {"artefacts": ARTEFACTS},
        "experiments": {},
    }
    (folder / "config.yaml").write_text(json.dumps(config))  # JSON is YAML


def plant(clean: Path, target: Path) -> tuple[dict[str, str], list[str]]:
    """Link the recordings and plant each fault in one clip.

    Returns
    -------
    faults : dict
        Clip by fault.
    involved : list of str
        Clips that a fault concerns besides: the original of a duplicate.
    """
    link_recordings(clean / "raw/part_A/data", target / "part_A/data")
    recordings = [_recording(clip, clean, target) for clip in read_clips(clean / "clips.csv")]
    faults, involved = {}, []
    for nth, (name, fault) in enumerate(FAULTS.items()):
        one = recordings[nth * STEP]
        others = [other for other in recordings[nth * STEP + 1 :] if other.clip.subject != one.clip.subject]
        other = next(
            r for r in [*others, *recordings] if r.clip.emotion != one.clip.emotion and _is_clean(r, recordings)
        )
        faults[name] = one.clip.id
        fault(one, other)
        involved += [other.clip.id] if name == "duplicate clip" else []
    rows = [
        (c.subject, c.video, c.onset, c.apex, c.offset, c.aus, c.objective, c.emotion)
        for c in (one.clip for one in recordings)
    ]
    (target / MICRO_SHEET).parent.mkdir(parents=True)
    write_xlsx(target / MICRO_SHEET, "label", MICRO_COLUMNS, rows)
    return faults, involved


def _is_clean(one: Recording, recordings: Sequence[Recording]) -> bool:
    nth = recordings.index(one)
    return bool(nth % STEP) or nth // STEP >= len(FAULTS)


def _recording(clip: Clip, clean: Path, root: Path) -> Recording:
    with open_shard(clean / f"artefacts/faces/aligned256/{clip.subject}.h5", kind="faces") as faces:
        return Recording(clip, root, faces.read(clip.id, "landmarks")[-1].astype(float))


def _run(folder: Path, *targets: str) -> None:
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--configfile", folder / "config.yaml", "--cores", "1", "--quiet", "all", "--rerun-incomplete"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    subprocess.run([*map(str, command), "--", *targets], check=True, env=environment)


def report(clips_tsv: Path, faults: Mapping[str, str], involved: Sequence[str]) -> str:
    """Return the table of faults as markdown, with what found each, and above it how many clean clips are flagged."""
    with clips_tsv.open(encoding="utf-8", newline="") as file:
        rows = {row["clip"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    lines = []
    for name, clip in faults.items():
        flags, stage = _flags(rows[clip]), _left_out(rows[clip])
        found = f"{flags or ('' if stage else '**not found**')} | {stage}"
        lines.append(f"| {name} | {(FAULTS[name].__doc__ or '').strip()} | {found} |")
    planted = [rows[clip] for clip in faults.values()]
    flagged, left_out = ([row for row in planted if how(row)] for how in (_flags, _left_out))
    either = [row for row in planted if _flags(row) or _left_out(row)]
    clean = [row for clip, row in rows.items() if clip not in faults.values() and clip not in involved]
    wrong = [row for row in clean if _flags(row) or _left_out(row)]
    named = "".join(f" {row['clip']}: {_flags(row) or _left_out(row)}." for row in wrong)
    said = (
        f"{len(either)} of {len(faults)} faults are found: {len(flagged)} are flagged, {len(left_out)} left out by a "
        f"stage, some both. {len(wrong)} of {len(clean)} clean clips are flagged "
        f"({100 * len(wrong) / len(clean):.1f} %).{named}"
    )
    head = "| fault | what is done to one clip | flagged by | left out by |\n| --- | --- | --- | --- |"
    return "\n".join([said, "", head, *lines])


def _flags(row: Mapping[str, str]) -> str:
    """Return the columns in which a clip is flagged."""
    flagged = [] if row["flagged"] == MISSING else row["flagged"].split("; ")
    return ", ".join(f"`{part.split(':')[0]}`" for part in flagged)


def _left_out(row: Mapping[str, str]) -> str:
    """Return the stage that left a clip out."""
    return "" if row["stage"] == MISSING else row["stage"]


if __name__ == "__main__":
    sys.exit(main())
