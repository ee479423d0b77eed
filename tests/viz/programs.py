"""Random computations that run in random modules, for properties of pictures."""

from __future__ import annotations

import contextlib

from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.modes import module_path

NAMES = ("a", "b", "layers.0", "layers.1", "cell")

steps = st.one_of(
    st.tuples(st.just("enter"), st.sampled_from(NAMES)),
    st.just(("leave",)),
    st.just(("parameter",)),
    st.tuples(st.sampled_from(["tanh", "scale"]), st.integers(0, 99)),
    st.tuples(st.sampled_from(["add", "subtract"]), st.integers(0, 99), st.integers(0, 99)),
)
programs = st.lists(steps, max_size=30)


def run(program):
    """The outputs of a program: the last value, and one in the middle."""
    values = [ag.tensor(0.5, requires_grad=True, name="x")]
    results = [values[0]]
    modules: list[contextlib.AbstractContextManager[None]] = []
    for step, *operands in program:
        if step == "enter":
            modules.append(module_path(operands[0]))
            modules[-1].__enter__()
        elif step == "leave" and modules:
            modules.pop().__exit__(None, None, None)
        elif step == "parameter":
            values.append(ag.tensor(2.0, requires_grad=True))
        elif operands:
            a, *b = (values[-1 - i % len(values)] for i in operands)
            y = {"tanh": ag.tanh, "scale": lambda a: 3 * a, "add": lambda a, b: a + b,
                 "subtract": lambda a, b: a - b}[step](a, *b)
            values.append(y)
            results.append(y)
    while modules:
        modules.pop().__exit__(None, None, None)
    return list({id(y): y for y in (results[len(results) // 2], results[-1])}.values())
