"""What a picture is asked for: each mistake is an error that names the function, the argument and the remedy."""

import pytest

import autograd_core as ag
import nn
import viz

Y = ag.tensor(2.0, requires_grad=True, name="x") * 3
CALLERS = {"draw": viz.draw, "diff": lambda y, **options: viz.diff(y, y, **options),
           "explore": lambda y, **options: viz.explore(y, "never.html", **options)}


@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize(("outputs", "said"), [
    (None, "got NoneType"), ("x", "got str"), (3.0, "got float"), ([], "got list that holds nothing"),
    ([Y, 3], "got list that holds int"), ({"a": Y}, r"got dict\. Pass list\(outputs\.values\(\)\)"),
    (nn.Linear(2, 1, rng=0), r"got Linear\. Call the model"),
])
def test_what_cannot_be_drawn(name, outputs, said):
    with pytest.raises(ag.DTypeError, match=rf"^{name}: expected a Tensor, .*{said}"):
        CALLERS[name](outputs)


@pytest.mark.parametrize("name", ["draw", "diff"])
@pytest.mark.parametrize(("options", "error", "said"), [
    ({"title": 3}, ag.DTypeError, "title=3; expected text"),
    ({"depth": "1"}, ag.DTypeError, "depth='1'; expected an integer"),
    ({"max_nodes": float("nan")}, ag.DTypeError, "max_nodes=nan; expected an integer"),
    ({"radius": -1}, ag.OptionError, "radius=-1; expected at least 0"),
    ({"repeats": "no"}, ag.OptionError, "repeats='no'; expected True, False or None"),
    ({"focus": 3}, ag.DTypeError, "focus=3; expected a Tensor or a name"),
    ({"fold": 3}, ag.DTypeError, "fold=3; expected one text or several"),
    ({"fold": [3]}, ag.DTypeError, r"fold=\[3\]; expected one text or several"),
    ({"show": None}, ag.DTypeError, "show=None; expected one text or several"),
    ({"show": [["values"]]}, ag.DTypeError, "show=.*; expected one text or several"),
])
def test_options_of_another_kind(name, options, error, said):
    with pytest.raises(error, match=f"^{name}: {said}"):
        CALLERS[name](Y, **options)


@pytest.mark.parametrize("name", ["draw", "explore"])
@pytest.mark.parametrize(("options", "said"), [
    ({"tiny": float("nan")}, "tiny=nan"), ({"many": 2}, "many=2; expected a number from 0 to 1"),
    ({"tiny": 1.0, "huge": 0.1}, "tiny=1.0 is above huge=0.1"),
])
def test_thresholds_that_make_no_sense(name, options, said):
    with pytest.raises(ag.OptionError, match=f"^{name}: {said}"):
        CALLERS[name](Y, **options)


def test_several_outputs_may_be_a_tuple():
    other = Y + 1
    assert viz.draw((Y, other)).source == viz.draw([Y, other]).source


def test_a_path_of_another_type():
    for function, name in ((viz.draw(Y).save, "save"), (lambda path: viz.explore(Y, path), "explore")):
        with pytest.raises(ag.DTypeError, match=f"^{name}: path=None; expected text or a Path"):
            function(None)


@pytest.mark.parametrize("name", ["draw", "explore"])
@pytest.mark.parametrize(("grad", "error", "said"), [
    ([1, 1], ag.ShapeError, r"of int64 and shape \(2,\) for an output of shape \(\)"), ("x", ag.DTypeError, "is a str"),
])
def test_a_gradient_that_does_not_fit(name, grad, error, said):
    with pytest.raises(error, match=f"^{name}: grad= {said}"):
        CALLERS[name](Y, grad=grad)


@pytest.mark.parametrize("name", CALLERS)
def test_an_output_without_a_graph(name):
    with pytest.raises(ag.GraphError, match=f"^{name}: this tensor does not require grad"):
        CALLERS[name](ag.tensor(1.0))
