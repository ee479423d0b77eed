"""The table is complete: nothing public without a domain, a docstring and a kink convention."""

import inspect
import sys

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import derivatives
from autograd_core.derivatives import TABLE, define
from autograd_core.derivatives.domains import Cases, Elementwise
from autograd_core.recording import Primitive
from autograd_core.testing.samples import samples

FAMILIES = [module for _, module in inspect.getmembers(derivatives, inspect.ismodule)
            if module.__name__.rpartition(".")[2] not in ("define", "domains", "calls")]

every_entry = pytest.mark.parametrize("entry", TABLE.values(), ids=TABLE)


def public_functions(module):
    return {
        value.__name__ for name, value in vars(module).items()
        if callable(value) and not inspect.isclass(value) and not name.startswith("_")
        and getattr(value, "__module__", None) == module.__name__
    }


@every_entry
def test_entry_has_a_domain_and_a_docstring(entry):
    assert isinstance(entry.over, Elementwise | Cases)
    assert list(samples(entry, np.random.default_rng(0)))
    doc = inspect.getdoc(entry.function) or ""
    for section in ("Args:", "Returns:", ">>> "):
        assert section in doc, section


@every_entry
def test_entry_is_public_under_its_name(entry):
    package = ag if entry.function.__module__.startswith("autograd_core.") else sys.modules[entry.function.__module__]
    assert getattr(package, entry.name, None) is entry.function or getattr(ag.linalg, entry.name) is entry.function


@every_entry
def test_every_rule_is_reached(entry):
    """The domain calls for each operand that has a rule, with an element to differentiate."""
    if entry.primitive is None:
        return
    drawn = [s.operands for s in samples(entry, np.random.default_rng(0))]
    count = 1 if entry.primitive.variadic else len(entry.primitive.rules)
    for i in range(count):
        assert entry.primitive.rules[i] is None or any(operands[i].size for operands in drawn)


def test_no_op_is_missing_from_the_table():
    ops = set().union(*map(public_functions, FAMILIES))
    helpers = {name for name in ops if name not in TABLE and not hasattr(ag, name)}
    ours = {name for name, entry in TABLE.items() if entry.function.__module__.startswith("autograd_core.")}
    assert ours <= ops
    assert ops - helpers == ours


def test_an_op_without_a_domain_is_refused():
    before = dict(TABLE)
    with pytest.raises(TypeError, match="over"):
        define.elementwise(np.cosh, doc="cosh", example="ag.cosh(0.0) -> tensor(1.)", x=lambda g, x: g * np.sinh(x))
    with pytest.raises(TypeError, match="over"):
        define.primitive(x=lambda g: g)
    with pytest.raises(TypeError, match="over"):
        define.composite()
    assert before == TABLE


def test_a_rule_that_asks_for_something_unknown_is_refused():
    with pytest.raises(TypeError, match="a rule asks for"):
        Primitive("bad", np.cosh, {"x": lambda g, cosh: g})
