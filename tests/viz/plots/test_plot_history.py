"""Curves of training: what they show, and what they refuse."""

import pytest

import nn
import viz

pytest.importorskip("matplotlib", reason="draws the plots: pip install '.[plot]'")

HISTORY = {
    "train loss": [2.0, 1.0, 0.5], "held-out loss": [2.1, 1.2, 0.9],
    "train accuracy": [0.5, 0.7, 0.9], "held-out accuracy": [0.5, 0.6, 0.8],
}


def test_losses_and_accuracies_have_panels_of_their_own(tmp_path):
    figure = viz.plot_history(HISTORY, path=tmp_path / "new" / "loss.png", title="costs $5")
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "accuracy"]
    assert [list(line.get_ydata()) for line in figure.axes[0].lines] == [[2.0, 1.0, 0.5], [2.1, 1.2, 0.9]]
    assert [axes.get_yscale() for axes in figure.axes] == ["log", "linear"]
    assert (tmp_path / "new" / "loss.png").read_bytes().startswith(b"\x89PNG")
    looks = {(line.get_color(), line.get_linestyle()) for line in figure.axes[0].lines}
    assert len({colour for colour, _ in looks}) == len({dashes for _, dashes in looks}) == 2


def test_validation_is_the_dashed_line_of_the_same_colour():
    history = nn.History(loss=[2.0, 1.0], val_loss=[2.1, 1.2], accuracy=[0.5, 0.7], val_accuracy=[0.4, 0.6],
                         mae=[3.0, 2.0], val_mae=[3.0, 2.5])
    figure = viz.plot_history(history)
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "accuracy", "mae"]
    for axes in figure.axes:
        training, validation = axes.lines
        assert validation.get_label() == f"val_{training.get_label()}"
        assert training.get_color() == validation.get_color()
        assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")


def test_without_a_loss_all_measures_share_a_panel():
    figure = viz.plot_history({"GRU": [4.0, 3.1], "trigram": [3.4, 3.4]})
    assert [len(axes.lines) for axes in figure.axes] == [2]


def test_epochs_without_a_number_are_marked(tmp_path):
    figure = viz.plot_history({"loss": [1.0, float("nan"), 0.2]}, path=tmp_path / "x.svg")
    assert list(figure.axes[0].lines[1].get_xdata()) == [2]
    assert "NaN or inf" in [text.get_text().split(": ")[-1] for text in figure.axes[0].get_legend().get_texts()]


@pytest.mark.parametrize("values", [[float("nan")] * 3, [0.0, -1.0, 2.0], [1.0], [1, 2, 3], [1e-30, 1e30]])
def test_any_numbers_draw(values, tmp_path):
    viz.plot_history({"loss": values}, path=tmp_path / "x.png")


def test_one_epoch_is_one_tick():
    (axes,) = viz.plot_history({"loss": [1.0]}).axes
    left, right = axes.get_xlim()
    assert [tick for tick in axes.get_xticks() if left <= tick <= right] == [1]


BAD = [{}, {"loss": []}, {"a": [1.0], "b": [1.0, 2.0]}, {"a": [[1.0]]}, {"a": ["x"]}, {"a": 1.0}, [1.0, 2.0]]


@pytest.mark.parametrize("history", BAD)
def test_bad_histories_are_refused(history):
    with pytest.raises(viz.HistoryError, match="plot_history"):
        viz.plot_history(history)
