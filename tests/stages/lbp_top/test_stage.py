"""The stage on sequences whose frames are known: whole and padded clips, reasons kept, the same bytes."""

import numpy as np
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.errors import BadClipError, ConfigError
from merflow.stages.examples import features_of
from merflow.stages.lbp_top.histograms import lbp_top
from merflow.stages.lbp_top.settings import LbpTopSettings
from merflow.stages.lbp_top.stage import make_lbp_top
from merflow.stages.sequences.frames import sequence_difference

SMALL = LbpTopSettings(blocks=2)
FRAMES = np.random.default_rng(0).integers(0, 256, (7, 16, 16, 3), dtype=np.uint8)
OWN = {"s1_a_1": 7, "s1_b_2": 5, "s1_c_3": 4}
"""Frames of each clip that are no padding."""


def identity(kind):
    return {"kind": kind, "variant": "v", "dataset": "demo", "subject": "s1", "params": {}, "code": "", "inputs": {}}


@pytest.fixture
def sequences(tmp_path):
    path = tmp_path / "sequences.h5"
    with ShardWriter(path, **identity("sequences")) as shard:
        for clip, own in OWN.items():
            frames = FRAMES[np.minimum(np.arange(7), own - 1)]
            arrays = {
                "onset_color": frames[0], "difference": sequence_difference(frames),
                "position": np.minimum(np.arange(7.0), own - 1),
            }  # fmt: skip
            shard.add(clip, arrays, {"apex": 2, "n_frames": own, "recorded": [1], "fps": 30.0, "notes": "dark"})
        shard.exclude("s1_d_4", stage="faces", reason="no face", source="d/1.jpg")
    return path


def made(sequences, out, settings=SMALL, **options):
    with open_shard(sequences, kind="sequences") as upstream, ShardWriter(out, **identity("lbp_top")) as shard:
        make_lbp_top(upstream, settings, shard=shard, **options)
    return out


def test_frames_of_the_clip_are_described_in_grey_and_padding_is_not(sequences, tmp_path):
    out = made(sequences, tmp_path / "a.h5")
    assert out.read_bytes() == made(sequences, tmp_path / "b.h5").read_bytes()
    grey = np.rint(FRAMES @ [0.299, 0.587, 0.114]).astype(np.uint8)
    with open_shard(out, kind="lbp_top") as shard:
        assert shard.clips == ["s1_a_1", "s1_b_2"]
        for clip in shard.clips:
            np.testing.assert_array_equal(shard.read(clip, "histogram"), lbp_top(grey[: OWN[clip]], SMALL))
            assert shard.attrs(clip) == {"n_frames": OWN[clip], "notes": "dark"}
        found = {row["clip"]: (row["stage"], row["reason"]) for row in shard.exclusions}
    assert found["s1_d_4"] == ("faces", "no face")
    assert found["s1_c_3"][0] == "lbp_top"
    assert "expected a clip of 5 frames or more" in found["s1_c_3"][1]


def test_a_short_clip_can_stop_the_run_and_too_long_a_radius_does(sequences, tmp_path):
    with pytest.raises(BadClipError, match="s1_c_3: expected a clip of 5 frames"):
        made(sequences, tmp_path / "a.h5", on_bad_clip="fail")
    with pytest.raises(ConfigError, match=r"lbp_top\.radius_t: expected at most 3 with sequences of length: 7"):
        made(sequences, tmp_path / "a.h5", LbpTopSettings(blocks=2, radius_t=4))
    assert not (tmp_path / "a.h5").exists()


def test_an_example_is_all_histograms_in_a_row(sequences, tmp_path):
    features = features_of("lbp_top")
    assert features.dims == ("clip", "feature")
    with open_shard(made(sequences, tmp_path / "a.h5"), kind="lbp_top") as shard:
        row, histogram = features.read(shard, "s1_a_1"), shard.read("s1_a_1", "histogram")
    assert row.shape == (2 * 2 * 3 * 59,)
    np.testing.assert_array_equal(row[3 * 59 : 4 * 59], histogram[0, 1, 0])
