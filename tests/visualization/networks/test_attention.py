from dataclasses import replace

import numpy as np
import pytest
import torch

from merflow.artefacts import Examples, read_examples, write_examples
from merflow.drawing.canvas import save_png
from merflow.errors import ArtefactError
from merflow.training.execution import Machine
from merflow.training.fold import run_fold
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings
from merflow.training.trained import load_trained
from merflow.visualization.networks.attention import ClipAttention, plot_attention, spread_frames
from merflow.visualization.networks.network_attention import network_attention, untested_classes

NET = {"blocks": 2, "layers": 1, "window": 1, "widths": [8, 8], "stem_stride": 2, "grid": 2, "heads": 2}
CLASSES = ("negative", "positive", "surprise")


def sequence_examples():
    """Two subjects with four clips of 6 frames each; nobody is surprised."""
    rng = np.random.default_rng(0)
    subjects = np.repeat(["s1", "s2"], 4)
    return Examples(
        rng.integers(0, 256, (8, 6, 32, 32, 3), dtype=np.uint8), np.array([1, 0, 0, 1, 0, 1, 0, 1]), subjects,
        np.array([f"{subject}_a_{i}" for i, subject in enumerate(subjects)]), np.full(8, "micro"), CLASSES, "emotion3",
        ("clip", "frame", "y", "x", "rgb"), apex_and_length=np.tile([[3, 6], [0, 5]], (4, 1)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return the examples as read back, and the folders of weights of both folds."""
    folder = tmp_path_factory.mktemp("atm_gcn")
    path = folder / "examples.h5"
    write_examples(sequence_examples(), path, dataset="d", experiment="x", params={}, code="", inputs={})
    training = TrainingSettings(min_epochs=1, min_steps=1, batch_size=4)
    for fold in ("s1", "s2"):
        run_fold(
            read_examples(path), fold, folder / fold, Method("atm_gcn", NET, training=training, seeds=(0, 1)),
            machine=Machine("cpu"),
        )  # fmt: skip
    return read_examples(path), [folder / fold / "weights" for fold in ("s1", "s2")]


def clip(label="negative", *, predicted="negative", apex=3, n_frames=16, low=0.2, high=0.8):
    maps = np.linspace(low, high, 15 * 16).reshape(15, 4, 4)
    return ClipAttention("s1_a_1", label, predicted, np.full((24, 24, 3), 90, dtype=np.uint8), maps, apex, n_frames)


@pytest.mark.parametrize(
    ("n_frames", "apex", "expected"),
    [
        (16, 8, [1, 4, 8, 12, 15]),
        (16, 7, [1, 4, 7, 12, 15]),
        (16, 6, [1, 6, 8, 12, 15]),  # as near to 4 as to 8: the earlier one gives way
        (16, 1, [1, 4, 8, 12, 15]),
        (16, 15, [1, 4, 8, 12, 15]),
        (16, 14, [1, 4, 8, 12, 14]),
        (16, 0, [1, 4, 8, 12, 15]),  # the onset is the apex: it has no map
        (4, 2, [1, 2, 3]),
        (2, 1, [1]),
    ],
)
def test_frames_by_hand(n_frames, apex, expected):
    assert spread_frames(n_frames, apex=apex) == expected


def test_spread_frames_always_hold_the_apex_in_order():
    for n_frames in range(2, 40):
        for apex in range(1, n_frames):
            frames = spread_frames(n_frames, apex=apex)
            assert apex in frames
            assert frames == sorted(set(frames))
            assert frames[0] >= 1
            assert frames[-1] < n_frames
            assert len(frames) == min(5, n_frames - 1)


def test_one_row_a_clip_and_one_panel_a_frame():
    figure = plot_attention([clip(), clip("positive", predicted="surprise", n_frames=4)])
    panels = [axes for axes in figure.axes if len(axes.images) == 2]
    titles = [axes.get_title(loc="left") for axes in panels]
    assert titles[:5] == ["frame 1", "frame 3, apex", "frame 8", "frame 12", "frame 15"]
    assert titles[5:] == ["frame 1", "frame 2", "frame 3, apex"]
    texts = [text.get_text() for text in figure.texts]
    assert "negative, and the network says so: clip s1_a_1" in texts
    assert "positive, but the network says surprise: clip s1_a_1" in texts


def test_panels_show_the_maps_of_their_frames_in_common_colours():
    figure = plot_attention([clip(), clip(low=0.4, high=0.9)])
    panels = [axes.images[1] for axes in figure.axes if len(axes.images) == 2]
    np.testing.assert_allclose(panels[1].get_array(), clip().maps[2])  # frame 3 is node 2
    limits = {image.get_clim() for image in panels}
    assert len(limits) == 1
    low, high = limits.pop()
    assert low == pytest.approx(0.2)
    assert high == pytest.approx(0.9)


def test_padding_does_not_stretch_the_colours():
    padded = clip(n_frames=4)
    padded.maps[3:] = 0
    image = next(axes.images[1] for axes in plot_attention([padded]).axes if len(axes.images) == 2)
    assert image.get_clim()[0] == pytest.approx(0.2)


def test_map_lies_on_the_face():
    axes = plot_attention([clip()]).axes[0]
    assert axes.images[0].get_array().shape == (24, 24)
    assert axes.images[1].get_extent() == axes.images[0].get_extent()


def test_same_clips_same_bytes(tmp_path):
    one, other = (save_png(plot_attention([clip()]), tmp_path / name).read_bytes() for name in ("a.png", "b.png"))
    assert one == other


def test_no_clip_is_refused():
    with pytest.raises(ValueError, match="at least one clip"):
        plot_attention([])


def test_first_clip_of_each_class_by_the_network_that_did_not_see_it(trained):
    examples, folders = trained
    clips = network_attention(folders, examples)
    assert [shown.clip for shown in clips] == ["s1_a_1", "s1_a_0"]
    assert [shown.label for shown in clips] == ["negative", "positive"]
    assert [(shown.apex, shown.n_frames) for shown in clips] == [(0, 5), (3, 6)]
    loaded = load_trained(folders[0] / "seed0.pt")
    model = loaded.network
    assert loaded.config["fold"] == "s1"
    x, apex_and_length = (torch.from_numpy(rows[np.array([0])]) for rows in (examples.x, examples.apex_and_length))
    with torch.inference_mode():
        np.testing.assert_allclose(
            clips[1].maps, model.attention_maps(x, apex_and_length)[0], rtol=1e-5
        )  # batches of 2 and 1
        assert clips[1].predicted == CLASSES[model(x, apex_and_length).argmax()]
    np.testing.assert_array_equal(clips[1].face, x[0, 0])


def test_a_fold_without_weights_is_passed_over(trained, tmp_path):
    examples, folders = trained
    empty = tmp_path / "s1" / "weights"
    empty.mkdir(parents=True)
    assert [shown.clip for shown in network_attention([empty, folders[1]], examples)] == ["s2_a_4", "s2_a_5"]
    with pytest.raises(ArtefactError, match="every fold is without clips"):
        network_attention([empty], examples)


def test_classes_without_a_clip_are_named(trained):
    examples, folders = trained
    assert untested_classes(network_attention(folders, examples), examples.classes) == ["surprise"]


def test_weights_in_the_folder_of_another_fold_are_refused(trained, tmp_path):
    examples, folders = trained
    (tmp_path / "s1").mkdir()
    (tmp_path / "s1" / "weights").symlink_to(folders[1])
    with pytest.raises(ArtefactError, match="expected weights of the fold s1, but found those of s2"):
        network_attention([tmp_path / "s1" / "weights"], examples)


def test_picture_of_trained_networks(trained, tmp_path):
    examples, folders = trained
    figure = plot_attention(network_attention(folders, examples), note="No tested clip of: surprise.")
    assert "No tested clip of: surprise." in figure.texts[1].get_text()
    assert save_png(figure, tmp_path / "attention.png").stat().st_size > 10_000


def test_marks_travel_with_the_examples(trained):
    examples, folders = trained
    moved = replace(examples, apex_and_length=np.tile([[1, 6]], (8, 1)))
    assert {shown.apex for shown in network_attention(folders, moved)} == {1}
