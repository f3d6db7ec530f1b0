"""Examples whose labels are told one by one: one that features show, one by chance, one of a single subject."""

import numpy as np

from merflow.artefacts import Examples
from merflow.training.scores import PROBABLE

NAMES = ("AU1", "AU4", "AU45")


def label_examples(*, subjects=4, clips=6, rare=True, seed=0):
    rng = np.random.default_rng(seed)
    subject = np.repeat([f"s{number}" for number in range(1, subjects + 1)], clips)
    shown = rng.random((len(subject), 3)) < PROBABLE
    shown[:, 2] = rare & (subject == "s1") & (np.arange(len(subject)) % 2 == 0)  # of s1 alone
    shown[0, :2], shown[1] = False, False  # a clip that shows none of them
    x = rng.normal(size=(len(subject), 8, 8, 6)).astype(np.float32)
    x[..., 3] += 3 * (shown[:, :1, None] - PROBABLE)
    clip = np.array([f"{own}_a_{number}" for number, own in enumerate(subject)])
    dims = ("clip", "region", "sample", "xyzuvz")
    return Examples(
        x, shown.astype(np.uint8), subject, clip, np.full(len(subject), "micro"), NAMES, "three_units", dims
    )
