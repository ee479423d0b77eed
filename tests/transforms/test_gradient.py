"""grad and value_and_grad: structures, nesting, closures, modes, errors."""

from collections import namedtuple

import numpy as np
import pytest

import autograd_core as ag

Layer = namedtuple("Layer", "w b")


def test_the_gradient_has_the_structure_of_the_argument():
    params = {"layers": [Layer(np.ones((2, 3)), 0.5), Layer(ag.tensor([1.0, 2.0]), 1.0)], "scale": 3.0, "steps": 7}

    def f(params, x):
        first, second = params["layers"]
        h = first.w @ x + first.b
        return (second.w * h).sum() * params["scale"] * params["steps"] + second.b

    x = np.array([1.0, -1.0, 2.0])
    found = ag.grad(f)(params, x)
    first, second = found["layers"]
    assert (type(first), type(second), list(found)) == (Layer, Layer, ["layers", "scale", "steps"])
    np.testing.assert_allclose(first.w.numpy(), 21 * np.outer([1, 2], x))
    np.testing.assert_allclose([first.b.item(), second.b.item(), found["scale"].item()], [63, 1, 7 * 7.5])
    np.testing.assert_allclose(second.w.numpy(), [21 * 2.5, 21 * 2.5])
    assert found["steps"] is None


def test_several_arguments_aux_and_keywords():
    def f(a, b, *, power):
        return (a * b) ** power, {"product": a * b}

    value_aux, found = ag.value_and_grad(f, (1, 0), has_aux=True)(2.0, 3.0, power=2)
    (value, aux), (db, da) = value_aux, found
    assert (value.item(), aux["product"].item(), da.item(), db.item()) == (36, 6, 36, 24)
    assert ag.grad(f, -1, has_aux=True)(2.0, 3.0, power=2)[0].item() == 24
    assert not any(t.requires_grad for t in (value, aux["product"], da, db))


@pytest.mark.parametrize("x", [2.0, np.float64(2.0), np.array(2.0), ag.tensor(2.0), ag.tensor(2.0, requires_grad=True)])
def test_whatever_goes_in_a_tensor_comes_out(x):
    value, slope = ag.value_and_grad(lambda x: x * x)(x)
    assert isinstance(slope, ag.Tensor)
    assert (value.item(), slope.item(), slope.dtype, slope.shape) == (4, 4, np.float64, ())


def test_float32_stays():
    assert ag.grad(lambda x: (x * x).sum())(np.ones(3, np.float32)).dtype == np.float32


def test_what_is_ignored_gets_zeros():
    da, db = ag.grad(lambda a, b: (a * 2).sum(), (0, 1))(np.ones(2), np.ones((2, 3), np.float32))
    np.testing.assert_array_equal(da.numpy(), [2, 2])
    assert (db.shape, db.dtype) == ((2, 3), np.float32)
    assert not db.numpy().any()
    assert ag.grad(lambda x: 3.0)(1.0).item() == 0
    assert ag.grad(lambda x: ag.sign(x))(1.0).item() == 0


def test_the_same_tensor_twice_is_two_variables():
    x = ag.tensor(3.0, requires_grad=True)
    assert [g.item() for g in ag.grad(lambda a, b: a * a * b, (0, 1))(x, x)] == [18, 9]
    assert ag.grad(lambda x: x)(x).item() == 1


def test_nothing_is_left_behind_on_the_arguments():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    ag.grad(lambda x: (x * x).sum())(x)
    assert x.grad is None
    array = np.array([1.0, 2.0])
    ag.grad(lambda x: (x * x).sum())(array)
    np.testing.assert_array_equal(array, [1, 2])


def test_grad_of_grad_of_grad():
    f = ag.sin
    for expected in (np.cos(0.3), -np.sin(0.3), -np.cos(0.3), np.sin(0.3)):
        f = ag.grad(f)
        assert f(0.3).item() == pytest.approx(expected, abs=1e-14)


def test_no_perturbation_confusion():
    # Siskind and Pearlmutter (2005): d/dx [x · d/dy (x + y)] is 1, not 2.
    assert ag.grad(lambda x: x * ag.grad(lambda y: x + y)(1.0))(1.0).item() == 1
    assert ag.grad(lambda x: x * ag.grad(lambda y: x * y)(2.0))(3.0).item() == 6
    # the inner variable is a function of the outer one: d/dx (3 (x²)²) = 12 x³
    assert ag.grad(lambda x: ag.grad(lambda y: y**3)(x * x))(2.0).item() == 96
    # three deep: f = x·(d/dy y·(d/dz x y z)) = x·(d/dy y·x·y) = 2 x² y at y = x
    f = ag.grad(lambda x: x * ag.grad(lambda y: y * ag.grad(lambda z: x * y * z)(5.0))(x))
    assert f(2.0).item() == 24
    assert ag.jvp(lambda x: x * ag.jvp(lambda y: x * y, (2.0,), (1.0,))[1], (3.0,), (1.0,))[1].item() == 6


def test_a_gradient_inside_a_loss_reaches_parameters():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    slope = ag.grad(lambda x: (w * x * x).sum())(np.array([3.0, 4.0]))  # 2 w x
    assert slope.requires_grad
    (slope * slope).sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), [8 * 9, 16 * 16])


def test_what_depends_on_nothing_outside_is_constant():
    value, slope = ag.value_and_grad(lambda x: x * x)(3.0)
    assert not value.requires_grad
    assert not slope.requires_grad
    w = ag.tensor(2.0, requires_grad=True)
    (value, aux), slope = ag.value_and_grad(lambda x: (x * x + w, x * 2), has_aux=True)(3.0)
    assert (value.requires_grad, aux.requires_grad, slope.requires_grad) == (True, False, False)
    assert ag.value_and_grad(lambda x: (x, w), has_aux=True)(1.0)[0][1] is w


def test_no_grad_outside_differentiates_but_gives_constants():
    x = ag.tensor(3.0, requires_grad=True)
    w = ag.tensor(5.0, requires_grad=True)
    with ag.no_grad():
        value, slope = ag.value_and_grad(lambda x: w * x * x)(x)
        assert ag.hessian(lambda x: x**3)(x).item() == 18
        assert ag.jvp(lambda x: w * x, (x,), (2.0,))[1].item() == 10
        assert not ag.is_grad_enabled()
    assert (value.item(), slope.item(), value.requires_grad, slope.requires_grad) == (45, 30, False, False)


def test_no_grad_inside_is_a_constant():
    def f(x):
        with ag.no_grad():
            y = x * x
        return x * y

    assert ag.grad(f)(3.0).item() == 9


def test_an_exception_leaves_everything_as_it_was():
    x = ag.tensor(2.0, requires_grad=True)

    def fail(x):
        x * x
        raise KeyError("mine")

    for mode in (ag.no_grad(), ag.enable_grad()):
        with mode:
            before = ag.is_grad_enabled()
            for transform in (ag.grad(fail), ag.jacobian(fail), ag.checkpoint(fail), lambda x: ag.vjp(fail, x)):
                with pytest.raises(KeyError, match="mine"):
                    transform(x)
            assert ag.is_grad_enabled() is before
    assert x.grad is None
    assert x.node.hooks is None


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: ag.grad(lambda x: x)(np.ones(3)), ag.ShapeError, r"grad: .* shape \(3,\).*\.sum\(\).*jacobian"),
        (lambda: ag.grad(lambda x: (x, x))(1.0), ag.ShapeError, "grad: .*a tuple.*has_aux=True"),
        (lambda: ag.grad(lambda x: x, has_aux=True)(1.0), ag.ShapeError, r"grad: .*\(value, aux\).*a Tensor"),
        (lambda: ag.grad(lambda x: x)(3), ag.DTypeError, r"grad: .*argument 0 holds int.*write 3\.0"),
        (lambda: ag.grad(lambda x: 1.0)({}), ag.DTypeError, "grad: there is no float.*nothing"),
        (lambda: ag.grad(lambda x: x.sum())(ag.tensor([1, 2])), ag.DTypeError, "argument 0 holds Tensor"),
        (lambda: ag.grad(lambda x: x, 2)(1.0), ag.ShapeError, "argnums=2, but .* called with 1 positional"),
        (lambda: ag.grad(lambda x: x, -2)(1.0), ag.ShapeError, "argnums=-2"),
        (lambda: ag.grad(lambda x: None)(1.0), ag.DTypeError, "returned NoneType"),
        (lambda: ag.value_and_grad(lambda x: ag.tensor(3))(1.0), ag.DTypeError, "value_and_grad: .*int64"),
        (lambda: ag.hessian(lambda x: x)(np.ones(2)), ag.ShapeError, "single number"),
        (lambda: ag.jacobian(lambda x: "no")(1.0), ag.DTypeError, "jacobian: .*no floats"),
        (lambda: ag.grad(lambda x: x)(np.ma.masked_array([1.0])), ag.DTypeError, "masked array"),
    ],
)
def test_errors_say_what_to_do(call, error, said):
    with pytest.raises(error, match=said):
        call()
