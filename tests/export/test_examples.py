"""Examples as .npz: NumPy reads back what a network of merflow sees."""

import json

import numpy as np
import pytest

from merflow.artefacts import Examples, LazyRows, write_examples
from merflow.cli import main
from merflow.errors import ArtefactError
from merflow.export.examples import export_examples, write_npz

PARAMS = {"labels": "two", "artefact": "graphs/default"}


def examples():
    rng = np.random.default_rng(0)
    return Examples(
        rng.normal(size=(6, 3, 5, 4)).astype(np.float32), np.array([0, 1, 0, 1, 0, 1]), np.array(list("aabbcc")),
        np.array(list("uvwxyz")), np.full(6, "micro"), ("p", "q"), "two", ("clip", "frame", "node", "xyda"),
        aus=np.tile([[1, 0], [0, 1]], (3, 1)).astype(np.uint8), aus_known=np.ones(6, dtype=bool), au_numbers=(4, 12),
        edges=((0, 1), (1, 2)), copies=rng.normal(size=(2, 3, 5, 4)).astype(np.float32), copy_of=np.array([1, 4]),
    )  # fmt: skip


@pytest.fixture
def experiment(tmp_path):
    folder = tmp_path / "results/demo/gts_gn"
    names = {"dataset": "demo", "experiment": "gts_gn"}
    write_examples(examples(), folder / "examples.h5", **names, params=PARAMS, code="c0de", inputs={})
    return folder


def test_numpy_reads_back_everything_equal(experiment, tmp_path):
    report = export_examples(experiment, tmp_path / "out.npz")
    expected = examples()
    with np.load(tmp_path / "out.npz", allow_pickle=False) as found:
        for name in ("x", "subject", "clip", "expression", "aus", "aus_known", "copies", "copy_of"):
            np.testing.assert_array_equal(found[name], getattr(expected, name))
        np.testing.assert_array_equal(found["y"], expected.label)
        assert tuple(found["classes"]) == expected.classes
        assert tuple(map(tuple, found["edges"])) == expected.edges
        assert tuple(found["au_numbers"]) == expected.au_numbers
        about = json.loads(str(found["about"]))
    assert about["settings"] == PARAMS
    assert (about["dataset"], about["experiment"]) == ("demo", "gts_gn")
    assert about["dims"] == ["clip", "frame", "node", "xyda"]
    assert report.clips == 6


def test_rows_that_stay_in_their_file_are_written_a_few_at_a_time(tmp_path):
    pictures = np.random.default_rng(0).integers(0, 255, (37, 4, 5), dtype=np.uint8)
    most = 0

    def read(row):
        nonlocal most
        most += 1
        return pictures[row]

    write_npz(tmp_path / "lazy.npz", {"x": LazyRows(pictures.shape, pictures.dtype, read)})
    with np.load(tmp_path / "lazy.npz", allow_pickle=False) as found:
        np.testing.assert_array_equal(found["x"], pictures)
    assert most == 37  # each once


def test_the_command_refuses_what_is_there_and_other_names(experiment, tmp_path, capsys):
    out = tmp_path / "out.npz"
    assert main(["export", "examples_npz", str(experiment), str(out)]) == 0
    assert "x float32 (6, 3, 5, 4): clip, frame, node, xyda" in capsys.readouterr().out
    before = out.read_bytes()
    assert main(["export", "examples_npz", str(experiment / "examples.h5"), str(out)]) == 2
    assert "Nothing is overwritten" in capsys.readouterr().err
    assert out.read_bytes() == before
    with pytest.raises(ArtefactError, match=r"ends in .npz"):
        export_examples(experiment, tmp_path / "out")
    with pytest.raises(ArtefactError, match=r"Make it"):
        export_examples(tmp_path / "results/demo/nothing", tmp_path / "other.npz")
