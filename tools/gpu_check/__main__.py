"""Measure training on a device and print a table.

Usage: tools/gpu_check.sh [--device cuda|cpu] [--tiny] [--minutes M] [--network NAME].

Exit status 1: a network failed, or predicts another class than on the CPU after a few steps in float32. 2: no GPU.
"""

import argparse
import sys
import time
import traceback
from collections.abc import Iterator

import torch
from tools.gpu_check.cases import CLASSES, Case, Data, cases, tiny
from tools.gpu_check.measure import (
    Cost,
    Distance,
    cost_one_by_one,
    cost_side_by_side,
    distance,
    scores_one_by_one,
    scores_side_by_side,
)

from merflow.training.execution import reproducible
from merflow.training.stacked import Task
from merflow.training.stacked_folds import networks_that_fit
from merflow.training.stacking.probe import CannotStackError

COLUMNS = (
    "network", "trained", "step, ms", "operations", "models a second", "GB", "hours of 94 folds x 3 seeds",
    "largest difference of a score", "predictions that differ",
)  # fmt: skip
MANY, FEW = 282, 32
"""Networks side by side: all folds and seeds, and few. One is measured too: a graph of its steps."""


def main() -> int:
    """Print one row as soon as it is measured, then all as a table."""
    options = _options()
    device = torch.device(options.device)
    end = time.monotonic() + 60 * options.minutes
    if device.type == "cuda" and not torch.cuda.is_available():
        print(f"gpu_check: expected a CUDA GPU, but torch {torch.__version__} sees none. Use --device cpu.")
        return 2
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    print(f"torch {torch.__version__}, {name}, {options.minutes:g} minutes at most", flush=True)
    rows, failed = [], False
    for case in (one for one in cases() if options.network in ("", one.method.model)):
        try:
            with reproducible(device):
                for row, fine in _measured(tiny(case) if options.tiny else case, device, end):
                    rows.append(row)
                    failed = failed or not fine
                    print(*row, sep=" | ", flush=True)
        except Exception:
            failed = True
            print(f"{case.method.model} FAILED", flush=True)
            traceback.print_exc()
    print()
    print("\n".join(_table(rows)))
    return int(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="gpu_check.sh", description=__doc__)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--tiny", action="store_true", help="small networks and few clips, to see that it runs")
    parser.add_argument("--network", choices=[case.method.model for case in cases()], default="", help="this one only")
    parser.add_argument("--minutes", type=float, default=7.0, help="no measurement begins later")
    return parser.parse_args()


def _measured(case: Case, device: torch.device, end: float) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the rows of a network, and whether each is as it should be; what there is no time for is left out."""
    model, data = case.method.model, Data.of(case)
    fitting = _fitting(case, data, device)
    stackable = fitting > 0
    expected = scores_one_by_one(case, data, torch.device("cpu"))
    far = distance((scores_side_by_side if stackable else scores_one_by_one)(case, data, device), expected)
    yield _row(model, "one by one", cost_one_by_one(case, data, device), None if stackable else far), far.differ == 0
    if not stackable:
        return
    several = min(MANY, fitting, len(data.members(case.method)))
    for most, half in ((several, False), (min(FEW, several // 2), False), (1, False), (several, True)):
        if time.monotonic() > end:
            print(f"{model}: no time for {most} networks{' in bfloat16' if half else ''}", flush=True)
            continue
        how = distance(scores_side_by_side(case, data, device, half=True), expected) if half else far
        cost = cost_side_by_side(case, data, device, most=most, half=half)
        yield _row(model, f"{cost.networks} side by side{', bfloat16' if half else ''}", cost, how), True


def _fitting(case: Case, data: Data, device: torch.device) -> int:
    """Return how many networks fit on the device; 0 where they cannot be stacked."""
    (member, *_), task = data.members(case.method), Task(case.method, CLASSES, case.edges, device)
    try:
        return networks_that_fit(member, data.resident(device), task)
    except CannotStackError as reason:
        print(f"{case.method.model} is trained one by one: {reason}", flush=True)
        return 0


def _row(model: str, trained: str, cost: Cost, how: Distance | None) -> tuple[str, ...]:
    rate = 94 * 3 / (3600 * cost.hours)
    far = ("", "") if how is None else (f"{how.largest:.1e}", f"{how.differ} of {how.clips}")
    return (
        model, trained, f"{cost.step_ms:.2f}", str(cost.operations), f"{rate:.3g}", f"{cost.memory_gb:.2f}",
        f"{cost.hours:.3g}", *far,
    )  # fmt: skip


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return rows as lines of Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in (COLUMNS, *rows)]
    return [lines[0], "| " + " | ".join(["---", "---", *["---:"] * (len(COLUMNS) - 2)]) + " |", *lines[1:]]


if __name__ == "__main__":
    sys.exit(main())
