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


def named(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_median_of_all_runs_and_the_band_that_holds_most():
    histories = {f"s{i}": history(float(i)) for i in range(10)}
    axes = plot_curves(histories).axes[0]
    (median,) = axes.lines
    np.testing.assert_allclose(median.get_ydata(), 4.5 + np.array([1, 1 / 2, 1 / 4]))
    (band,) = axes.collections
    values = np.repeat(np.arange(10.0), 2)
    first = band.get_paths()[0].vertices[:, 1][band.get_paths()[0].vertices[:, 0] == 1]
    assert (first.min(), first.max()) == pytest.approx(tuple(1 + np.quantile(values, [0.1, 0.9])))
    assert named(axes) == ["80% of the runs", "median"]
    assert "10 folds, 20 runs" in axes.figure.texts[1].get_text()


def test_a_run_that_ends_far_outside_the_band_is_named_and_drawn():
    histories = {f"s{i}": history(0.01 * i, seeds=(0,)) for i in range(30)} | {"odd": history(5.0, seeds=(0,))}
    axes = plot_curves(histories).axes[0]
    assert named(axes) == ["80% of the runs", "median", "odd"]
    np.testing.assert_allclose(axes.lines[1].get_ydata(), [6, 5.5, 5.25])
    few = plot_curves({"s1": history(0.0, seeds=(0,)), "odd": history(5.0, seeds=(0,))}).axes[0]
    assert named(few) == ["80% of the runs", "median"], "of two runs neither is the odd one"


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


def ticks(axes):
    return [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "|"]


def test_without_early_stopping_there_are_two_panels_and_no_ticks():
    figure = plot_curves({"s1": history(0.0)})
    assert titles(figure) == ["training loss", "training accuracy"]
    assert not any(ticks(axes) for axes in figure.axes)
    assert "no line here sees a test clip" in figure.texts[1].get_text()


def test_inner_subjects_are_drawn_and_the_kept_epoch_is_marked():
    inner = {"inner_loss": (1.0, 0.5, 0.9), "inner_accuracy": (0.2, 0.7, 0.6), "kept": (0, 1, 0)}
    figure = plot_curves({"s1": watched(**inner), "s2": watched(**inner)})
    assert titles(figure)[2:] == ["loss, inner subjects", "accuracy, inner subjects"]
    assert [ticks(axes) for axes in figure.axes] == [[2, 2, 2, 2]] * 4
    assert "ticks below: the epochs that were kept" in figure.texts[1].get_text()
    assert "no line here sees a test clip" in figure.texts[1].get_text()


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
    np.testing.assert_allclose(figure.axes[2].lines[0].get_ydata(), [1.0, 0.5, 0.9])
    assert [len(ticks(axes)) for axes in figure.axes] == [2, 2, 2]


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
