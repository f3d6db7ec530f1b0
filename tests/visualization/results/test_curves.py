import numpy as np
import pandas as pd
import pytest

from merflow.errors import ArtefactError
from merflow.visualization.results.curves import plot_curves, read_history


def history(offset, seeds=(0, 1)):
    rows = [
        {"seed": s, "epoch": e, "loss": offset + 1 / e, "train_accuracy": 1 - 1 / e} for s in seeds for e in (1, 2, 4)
    ]
    return pd.DataFrame(rows)


def test_one_line_a_run_and_their_median():
    figure = plot_curves({"s1": history(0.0), "s2": history(1.0), "s3": history(5.0)})
    lines = figure.axes[0].lines
    assert len(lines) == 7
    np.testing.assert_allclose(lines[-1].get_ydata(), [2.0, 1.5, 1.25])
    assert "3 folds, 6 runs" in figure.texts[1].get_text()
    assert [text.get_text() for text in figure.axes[1].get_legend().get_texts()] == ["s1", "s2", "s3"]


def test_many_folds_are_not_named():
    figure = plot_curves({f"s{i}": history(0.0, seeds=(0,)).drop(columns="seed") for i in range(30)})
    assert figure.axes[1].get_legend() is None


def test_what_is_missing_is_named():
    with pytest.raises(ValueError, match="at least one fold"):
        plot_curves({})
    with pytest.raises(ValueError, match=r"fold s1: .*\['loss'\]"):
        plot_curves({"s1": history(0.0).drop(columns="loss")})


def watched(**columns):
    """A history of two seeds with more columns, of three epochs each."""
    return history(0.0).assign(**{name: list(values) * 2 for name, values in columns.items()})


def titles(figure):
    return [axes.get_title("left") for axes in figure.axes]


def test_without_early_stopping_there_are_two_panels_and_no_dots():
    figure = plot_curves({"s1": history(0.0)})
    assert titles(figure) == ["training loss", "training accuracy"]
    assert not any(axes.collections for axes in figure.axes)
    assert "no line here sees the test subject" in figure.texts[1].get_text()


def test_inner_subjects_are_drawn_and_the_kept_epoch_is_marked():
    inner = {"inner_loss": (1.0, 0.5, 0.9), "inner_accuracy": (0.2, 0.7, 0.6), "kept": (0, 1, 0)}
    figure = plot_curves({"s1": watched(**inner), "s2": watched(**inner)})
    assert titles(figure)[2:] == ["loss, inner subjects", "accuracy, inner subjects"]
    for axes, expected in zip(figure.axes, (0.5, 0.5, 0.5, 0.7), strict=True):
        dots = [tuple(dot.get_offsets()[0]) for dot in axes.collections]
        assert dots == [(2, pytest.approx(expected))] * 4
    assert "dots: the epoch that was kept" in figure.texts[1].get_text()
    assert "no line here sees the test subject" in figure.texts[1].get_text()
    assert figure.axes[1].get_legend() is not None


def test_all_that_can_be_watched_of_inner_subjects_has_a_panel_inside_the_figure():
    inner = dict.fromkeys(("inner_loss", "inner_accuracy"), (0.5, 0.5, 0.5))
    figure = plot_curves({"s1": watched(**inner, test_accuracy=(0.1, 0.9, 0.4))})
    assert len(figure.axes) == 5
    boxes = [axes.get_position() for axes in figure.axes]
    assert all(0 < box.x0 < box.x1 < 1 and 0 < box.y0 < box.y1 < 1 for box in boxes)
    assert len({(round(box.x0, 6), round(box.y0, 6)) for box in boxes}) == 5


def test_accuracy_on_test_clips_is_labelled_as_a_leak():
    figure = plot_curves({"s1": watched(test_accuracy=(0.1, 0.9, 0.4))})
    assert titles(figure)[2] == "LEAK: accuracy on the test clips"
    assert "LEAK" in figure.texts[1].get_text()
    assert "no line here sees" not in figure.texts[1].get_text()


def test_a_history_without_the_columns_is_drawn_beside_one_with_them():
    figure = plot_curves({"old": history(0.0), "new": watched(inner_loss=(1.0, 0.5, 0.9), kept=(0, 1, 0))})
    assert len(figure.axes[2].lines) == 3
    assert len(figure.axes[0].lines) == 5
    assert len(figure.axes[0].collections) == 2


def test_a_history_is_read_as_it_was_written_and_refused_when_damaged(tmp_path):
    path = tmp_path / "history.csv"
    written = history(0.0).assign(lr=0.1)[["seed", "epoch", "loss", "lr", "train_accuracy"]]
    written.to_csv(path, index=False)
    pd.testing.assert_frame_equal(read_history(path), written)
    data = path.read_bytes()
    for damage in (b"", data[:20], data.replace(b"epoch", b"epoxh"), data.replace(b"0,1,", b"0,1.5,", 1), data[7:]):
        path.write_bytes(damage)
        with pytest.raises(ArtefactError, match=r"expected a table with the columns .*Make it anew: snakemake"):
            read_history(path)
    path.unlink()
    with pytest.raises(ArtefactError, match="No such file or directory"):
        read_history(path)
