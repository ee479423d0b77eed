"""custom_derivative and stop_gradient."""

import numpy as np
import pytest

import autograd_core as ag


@ag.custom_derivative(x=lambda g, x, n, y: g * n * y / x)
def power(x, n=3):
    """x to a whole power."""
    assert isinstance(x, np.ndarray)
    return np.power(x, n)


@ag.custom_derivative(a=lambda g, b: g @ b.T, b=lambda g, a: a.T @ g, c=None)
def product(a, b, c):
    return a @ b + c


def test_it_is_a_function_like_any_other():
    assert (power.__name__, power.__doc__) == ("power", "x to a whole power.")
    assert ag.grad(power)(2.0).item() == 12
    assert ag.grad(ag.grad(power))(2.0).item() == 12
    assert ag.grad(ag.grad(ag.grad(power)))(2.0).item() == pytest.approx(6)
    assert ag.grad(lambda x: power(n=2, x=x))(3.0).item() == 6
    np.testing.assert_array_equal(ag.jacobian(power)(np.array([1.0, 2.0])).numpy(), np.diag([3.0, 12.0]))
    assert ag.jvp(power, (2.0,), (10.0,))[1].item() == 120
    x = ag.tensor([1.0, 2.0], dtype="float32", requires_grad=True)
    y = power(x)
    assert (y.node.primitive.name, y.dtype) == ("power", np.float32)
    y.sum().backward()
    assert x.grad.dtype == np.float32
    assert not power(2.0).requires_grad


def test_gradcheck_passes_a_right_rule_and_not_a_wrong_one():
    rng = np.random.default_rng(0)
    assert ag.testing.gradcheck(power, np.array([1.0, 2.0])).passed
    a, b, c = rng.standard_normal((2, 3)), rng.standard_normal((3, 4)), np.arange(8).reshape(2, 4)
    assert ag.testing.gradcheck(lambda a, b: product(a, b, c), a, b).passed

    @ag.custom_derivative(x=lambda g, x: g * x)
    def wrong(x):
        return x * x

    with pytest.raises(ag.testing.GradcheckError, match="order 1"):
        ag.testing.gradcheck(wrong, 3.0)


def test_a_rule_may_use_scipy_at_first_order():
    special = pytest.importorskip("scipy.special", reason="SciPy, of the extra 'data', is not installed")

    @ag.custom_derivative(x=lambda g, x: g * special.digamma(x))
    def gammaln(x):
        return special.gammaln(x)

    assert ag.grad(gammaln)(3.0).item() == pytest.approx(special.digamma(3.0))
    with pytest.raises(ag.UnsupportedError, match="psi"):  # as SciPy calls it
        ag.grad(ag.grad(gammaln))(3.0)


def test_rules_may_use_transforms_and_other_functions_of_ours():
    @ag.custom_derivative(x=lambda g, x: ag.vjp(lambda x: ag.sin(x) * x, x)[1](g)[0])
    def f(x):
        return np.sin(x) * x

    assert ag.testing.gradcheck(f, np.array([0.3, 1.0])).passed


def test_shape_in_the_signature_of_a_rule():
    @ag.custom_derivative(x=lambda g, x_shape: np.broadcast_to(g, x_shape))
    def total(x):
        return x.sum()

    np.testing.assert_array_equal(ag.grad(total)(np.zeros((2, 3))).numpy(), np.ones((2, 3)))


def with_rule(rule, result=lambda x: x * x):
    def f(x):
        return result(x)

    return ag.custom_derivative(x=rule)(f)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: ag.jacobian(with_rule(lambda g: g.sum()))(np.ones(2)), ag.ShapeError,
         r"f: the rule for x returned shape \(\) for an operand of shape \(2,\)"),
        (lambda: ag.grad(with_rule(lambda g: g[None]))(1.0), ag.ShapeError, r"shape \(1,\) for an operand"),
        (lambda: ag.grad(with_rule(lambda g: None))(1.0), ag.DTypeError, "the rule for x returned a NoneType"),
        (lambda: ag.grad(with_rule(lambda g: (g,)))(1.0), ag.DTypeError, "the rule for x returned a tuple"),
        (lambda: ag.grad(with_rule(lambda g: g * 1j))(1.0), ag.DTypeError, "the rule for x returned complex128"),
        (lambda: ag.hessian(with_rule(lambda g, x: np.array(5.0)))(1.0), ag.DTypeError, "a plain array although"),
        (lambda: with_rule(lambda g: g, lambda x: (x, x))(1.0), ag.DTypeError, "f returned a tuple"),
        (lambda: with_rule(lambda g: g, lambda x: x * 1j)(1.0), ag.DTypeError, "f returned complex128"),
        (lambda: with_rule(lambda g, z: g), TypeError, r"f: a rule asks for \['z'\]"),
        (lambda: with_rule(lambda: 1), TypeError, "f: the rule for x takes no parameters"),
        (lambda: ag.custom_derivative(z=lambda g: g)(abs), TypeError, r"abs: .*no name|abs: .*have none"),
        (lambda: ag.custom_derivative(z=lambda g: g)(lambda x: x), TypeError, r"rules for \['z'\], but .*\['x'\]"),
        (lambda: ag.custom_derivative()(lambda x: x), TypeError, "needs a rule"),
        (lambda: power(1.0, ag.tensor(2.0, requires_grad=True)), ag.DTypeError, "power: n requires grad, but"),
        (lambda: power(ag.tensor(1.0), 2, 3), TypeError, "too many positional"),
        (lambda: with_rule(lambda g: g, lambda x: {}["mine"])(1.0), KeyError, "mine"),
        (lambda: with_rule(lambda g: g, lambda x: np.ones(2) + np.ones(3))(1.0), ValueError, "broadcast"),
    ],
)
def test_errors_name_the_function_and_the_rule(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_an_exact_zero_may_be_an_array():
    f = with_rule(lambda g, x: np.zeros(np.shape(x)), np.sign)
    assert ag.hessian(lambda x: f(x) + x * x)(3.0).item() == 2


def test_stop_gradient_over_structures():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    stopped = ag.stop_gradient({"x": x, "n": 3, "both": (x * 2, None)})
    assert (stopped["n"], stopped["both"][1], stopped["x"].requires_grad, stopped["both"][0].requires_grad) == (
        3, None, False, False)
    assert stopped["x"].data is x.data
    assert ag.grad(lambda x: (x * ag.stop_gradient(x)).sum())(x).numpy().tolist() == [1, 2]
