"""A few hundred of the wrong engines of ``make mutants``; and that they leave the right one as it was."""

import contextlib
import importlib
import zlib

import numpy as np
import page
import pytest
import recipes
import survivors
from asking import Examiner, Row
from mutating import wrong_rule
from operators import DEVELOPMENT, HELD_OUT
from questions import Question, answer, derivatives, differs

import autograd_core as ag
from autograd_core.derivatives import TABLE
from autograd_core.testing import GradcheckError, gradcheck

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # wrong rules divide by 0, and so on

SEED = 30_000  # the survey's is another
ENTRIES, EACH = 20, 12


def drawn(names, count):
    """The same ones whatever else is there."""
    return sorted(names, key=lambda name: zlib.crc32(str(name).encode()))[:count]


@pytest.mark.parametrize("name", drawn((name for name, entry in TABLE.items() if entry.primitive), ENTRIES))
def test_wrong_rules_are_caught(name):
    examiner = Examiner(TABLE[name], SEED)
    rows = [examiner.examine(mutant) for mutant in drawn(examiner.mutants, EACH)]
    assert [row for row in rows if row.verdict == "survived" and survivors.why(row) is None] == []


@pytest.mark.parametrize("name", ["matmul", "where", "tanh", "concatenate"])
def test_nothing_stays_wrong(name):
    primitive = TABLE[name].primitive
    walk, backward = (importlib.import_module(f"autograd_core.{module}") for module in ("walk", "backward"))
    before = (primitive.rules, walk.fit, backward.walk, ag.Tensor.__add__, ag.Tensor.__rsub__, ag.Tensor.sum)
    examiner = Examiner(TABLE[name], SEED)
    for mutant in examiner.mutants:
        with contextlib.suppress(KeyboardInterrupt), mutant.engine():
            derivatives(examiner.known[0][0])
            raise KeyboardInterrupt
    after = (primitive.rules, walk.fit, backward.walk, ag.Tensor.__add__, ag.Tensor.__rsub__, ag.Tensor.sum)
    assert all(a is b for a, b in zip(before, after, strict=True))


X = np.array([[0.3, -1.2, 0.7], [0.9, 0.2, -0.4]])


def wrong_somewhere(operator, f, *operands, position=0):
    question = Question("ordinary", f, operands)
    known = answer(question)
    with wrong_rule(TABLE[f.__name__].primitive, position, operator, 0):
        return differs(derivatives(question), known)


def test_an_operator_that_changes_nothing_is_equivalent():
    assert not wrong_somewhere(lambda call: call.right(), ag.tanh, X)
    assert not wrong_somewhere(DEVELOPMENT["transpose"], ag.tanh, X[0])
    assert not wrong_somewhere(DEVELOPMENT["ties count double"], ag.multiply, X, X + 1)
    assert not wrong_somewhere(DEVELOPMENT["detached operands"], ag.tanh, X)  # its rule keeps the output


def test_what_changes_only_the_second_derivative_is_not():
    assert wrong_somewhere(DEVELOPMENT["detached output"], ag.tanh, X)
    assert wrong_somewhere(HELD_OUT["second derivative off by 1e-4"], ag.tanh, X)


def test_a_missing_term_is_one_of_the_rules_own():
    x = ag.tensor(X, requires_grad=True)
    with wrong_rule(TABLE["tanh"].primitive, 0, DEVELOPMENT["missing term: the first sum, right side"], 0):
        (g,) = ag.gradients(ag.tanh(x), x, np.ones_like(X))  # g * (1 - y * y)
    np.testing.assert_array_equal(g.numpy(), np.ones_like(X))


def test_the_recipes_pass_what_is_right_and_catch_what_is_gross():
    question = Question("ordinary", ag.tanh, (X,))
    assert not any(recipe(question) for name, recipe in recipes.RECIPES.items() if "1e-7" not in name)
    with wrong_rule(TABLE["tanh"].primitive, 0, DEVELOPMENT["sign"], 0):
        assert all(recipe(question) for recipe in recipes.RECIPES.values())
        with pytest.raises(GradcheckError):
            gradcheck(ag.tanh, X, seed=SEED)


def test_wilsons_interval():
    proportion = pytest.importorskip("scipy.stats", reason="SciPy, the oracle, is not installed: pip install scipy")
    for k, n in ((0, 10), (3, 7), (10, 10), (999, 1000)):
        low, high = proportion.binomtest(k, n).proportion_ci(method="wilson")
        np.testing.assert_allclose(page.wilson(k, n), (low, high), atol=1e-9)


def test_the_page_counts():
    rows = [Row("sign", False, "f", "f.x", checks=2, caught=1, counted=2, counted_caught=1),
            Row("sign", False, "f", "f.y", checks=1, counted=1, missed="f (3,)"), Row("sign", False, "f", "f.z")]
    assert "| sign | 2 | 1 | 50 (9.45–90.54) | 33.33 (6.14–79.23) | 1 | 0 |" in page.text(rows, [])
    assert "**1**: Not explained." in page.text(rows, [])
