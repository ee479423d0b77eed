"""Decision regions: whose colour a place has, and how dark it is."""

import numpy as np
import pytest

import autograd_core as ag
import nn
import viz

pytest.importorskip("matplotlib", reason="draws the plots: pip install '.[plot]'")

POINTS = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, -1.0]])


def colour_at(figure, x, y):
    """The colour and the opacity of the ground."""
    (image,) = figure.axes[0].images
    left, right, bottom, top = image.get_extent()
    pixels = image.get_array()
    row, column = int((y - bottom) / (top - bottom) * len(pixels)), int((x - left) / (right - left) * len(pixels))
    return tuple(np.round(pixels[row, column, :3], 3)), float(pixels[row, column, 3])


def colours_of_points(figure):
    from matplotlib.colors import to_rgb

    return [tuple(np.round(to_rgb(line.get_color()), 3)) for line in figure.axes[0].lines]


def two(x):
    return 5 * x[:, 0]


@pytest.mark.parametrize("model", [two, lambda x: two(x)[:, None], lambda x: np.stack([0 * two(x), two(x)], 1),
                                   lambda x: ag.tensor(two(x))])
def test_two_classes_however_the_scores_come(model):
    figure = viz.plot_regions(model, POINTS, [0, 1, 1, 1])
    zero, one = colours_of_points(figure)
    assert colour_at(figure, -0.9, 0.5)[0] == zero != one == colour_at(figure, 0.9, 0.5)[0]
    assert colour_at(figure, 0.9, 0)[1] > colour_at(figure, 0.05, 0)[1]  # darker where it is surer


def test_probabilities_have_their_boundary_at_a_half():
    def model(x):
        return 1 / (1 + np.exp(-two(x)))

    for shape in (lambda p: p, lambda p: np.stack([1 - p, p], axis=1)):
        figure = viz.plot_regions(lambda x, shape=shape: shape(model(x)), POINTS, [0, 1, 1, 1], probabilities=True)
        zero, one = colours_of_points(figure)
        assert colour_at(figure, -0.9, 0)[0] == zero != one == colour_at(figure, 0.9, 0)[0]
        same = viz.plot_regions(two, POINTS, [0, 1, 1, 1])
        np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), same.axes[0].images[0].get_array())


def test_three_classes_have_markers_and_a_key():
    corners = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    figure = viz.plot_regions(lambda x: 5 * x @ corners.T, POINTS, [0, 1, 2, 1])
    lines = figure.axes[0].lines
    assert [line.get_xydata().tolist() for line in lines] == [[[-1, 0]], [[1, 0], [0.5, -1]], [[0, 1]]]
    assert len({line.get_marker() for line in lines}) == 3
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["class 0", "class 1", "class 2"]
    assert [colour_at(figure, *place)[0] for place in corners * 0.9] == colours_of_points(figure)


def test_a_class_without_points_keeps_the_colours_of_the_others():
    scores = lambda x: np.stack([x[:, 0], -x[:, 0], 0 * x[:, 0] - 9], axis=1)  # noqa: E731  # one expression
    figure = viz.plot_regions(scores, POINTS, [1, 1, 1, 1])
    assert colour_at(figure, -0.9, 0)[0] == colours_of_points(figure)[1]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["class 0", "class 1"]  # both have regions


def seven(x):
    """Class 0 at the left, 6 at the right, the others nowhere."""
    return np.stack([-x[:, 0], *[0 * x[:, 0] - 9] * 5, x[:, 0]], axis=1)


def test_classes_that_share_a_colour_are_parted_by_a_line_hatching_and_hollow_points():
    figure = viz.plot_regions(seven, POINTS, [0, 6, 6, 6])
    borders = borders_of(figure)
    assert borders
    for border in borders:
        np.testing.assert_allclose(border[:, 0], 0, atol=1e-9)
    (hatched,) = [c for c in figure.axes[0].collections if getattr(c, "hatches", None) and any(c.hatches)]
    assert hatched.get_paths()[0].vertices[:, 0].min() > -0.02
    zero, six = figure.axes[0].lines
    assert (zero.get_markerfacecolor() == "none", six.get_markerfacecolor() == "none") == (False, True)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["class 0", "class 6"]


def borders_of(figure):
    """The points of each line between regions."""
    return [path.vertices for collection in figure.axes[0].collections if not collection.filled
            for path in collection.get_paths() if len(path.vertices)]


@pytest.mark.parametrize("y", [[-1] * 4, [1] * 4])
def test_one_of_minus_one_and_one_will_do(y):
    figure = viz.plot_regions(two, POINTS, y)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == (["class -1", "class 1"] if y[0] < 0 else ["class 0", "class 1"])


def test_minus_one_and_one_are_classes_too():
    figure = viz.plot_regions(two, POINTS, [-1, 1, 1, 1])
    assert figure.axes[0].lines[0].get_xydata().tolist() == [[-1, 0]]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["class -1", "class 1"]
    assert colour_at(figure, -0.9, 0)[0] == colours_of_points(figure)[0]


def test_a_module_runs_in_eval_mode_and_stays_as_it_was():
    model = nn.Sequential(nn.Linear(2, 4, rng=0), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 3, rng=1))
    before = {name: array.copy() for name, array in model.state_dict().items()}
    figure = viz.plot_regions(model, POINTS.astype("float32"), [0, 1, 2, 0])
    assert all(module.training for module in model.modules())
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    again = viz.plot_regions(model.eval(), POINTS.astype("float32"), [0, 1, 2, 0])
    np.testing.assert_array_equal(*(f.axes[0].images[0].get_array() for f in (figure, again)))


def test_the_model_gets_the_dtype_of_the_points():
    seen = []
    viz.plot_regions(lambda x: seen.append(x.dtype) or x[:, 0], POINTS.astype("float32"), [0, 0, 1, 1])
    viz.plot_regions(lambda x: seen.append(x.dtype) or x[:, 0], [[0, 1], [2, 3]], [0, 1])
    assert seen == [np.float32, np.float64]


def test_nan_is_white():
    for broken in (np.nan, np.inf):
        figure = viz.plot_regions(lambda x, broken=broken: np.where(x[:, 0] > 0, broken, -1.0), POINTS, [0, 1, 1, 1])
        assert colour_at(figure, 0.5, 0)[1] == 0 < colour_at(figure, -0.5, 0)[1]


def test_scores_are_not_taken_for_probabilities():
    with pytest.raises(ag.OptionError, match="leave probabilities=True out"):
        viz.plot_regions(two, POINTS, [0, 1, 1, 1], probabilities=True)


@pytest.mark.parametrize(("X", "y", "model", "error", "words"), [
    (np.ones((4, 3)), [0] * 4, two, ag.ShapeError, "X has shape"),
    (POINTS * np.nan, [0] * 4, two, ag.ShapeError, r"X\[0, 0\] is nan"),
    (POINTS * 1j, [0] * 4, two, ag.DTypeError, "expected real numbers"),
    (POINTS, [0] * 4, 3, ag.DTypeError, "a int cannot be called; pass its method that gives scores"),
    (POINTS, [0] * 3, two, ag.ShapeError, "a class for each of the 4 points"),
    (POINTS, [0, 1, 2, 1], two, ag.SelectionError, "y has the class 2, but the model has 2 classes"),
    (POINTS, ["a", "b", "a", "b"], two, ag.SelectionError, "the class 'a'"),
    (POINTS, [0] * 4, lambda x: x[:3], ag.ShapeError, r"the model returned \(3, 2\)"),
    (POINTS, [0] * 4, lambda x: 3.0, ag.ShapeError, r"the model returned \(\)"),
    (POINTS, [0] * 4, lambda x: x[:, :, None], ag.ShapeError, "the model returned"),
])
def test_what_does_not_fit_is_refused(X, y, model, error, words):
    with pytest.raises(error, match=words):
        viz.plot_regions(model, X, y)
