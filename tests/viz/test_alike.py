"""Trees of models in which siblings are alike: told once where that is asked for, or where not all fits."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
import viz
from viz.outlines.alike import told_once
from viz.outlines.modules import read


class Block(nn.Module):
    def __init__(self, seed, shared):
        self.linear, self.norm = nn.Linear(3, 3, rng=seed), nn.LayerNorm(3)
        self.act, self.again = shared, self.linear


class Deep(nn.Module):
    def __init__(self):
        act = nn.ReLU()
        self.layers = nn.ModuleList([Block(seed, act) for seed in range(4)])
        self.head = nn.Sequential(*[layer for seed in range(3) for layer in (nn.Linear(3, 3, rng=seed), nn.Tanh())])


def test_siblings_that_are_alike_can_be_told_once_word_for_word():
    model = Deep()
    for i, parameter in enumerate(model.parameters()):
        parameter.data = np.full(parameter.shape, i, "float32")
        parameter.grad = ag.tensor(np.full(parameter.shape, 1e-9 if i == 8 else 0.5), dtype="float32")
    assert str(viz.tree(model, repeats=True)) == """\
gradient rms:  ▇······ < 1e-07  ▇▇▇▇▇·· ≥ 0.1
▼ VANISHING: gradient RMS below 1e-07

Deep                          108 parameters
  layers: ModuleList          72 parameters
    0: Block                  18 parameters
      again, same as layers.0.linear
      linear: Linear          12 parameters
        parameter weight      (3, 3) float32      0         grad rms 0.50            ▇▇▇▇▇··
        parameter bias        (3,) float32        1         grad [0.50, 0.50, 0.50]  ▇▇▇▇▇··
      norm: LayerNorm         6 parameters
        parameter weight      (3,) float32        2         grad [0.50, 0.50, 0.50]  ▇▇▇▇▇··
        parameter bias        (3,) float32        3         grad [0.50, 0.50, 0.50]  ▇▇▇▇▇··
      act: ReLU
    1 … 3 × 3: Block          18 parameters each
      act, same as layers.0.act
      again, same as layers.1.linear … layers.3.linear
      linear: Linear          12 parameters each
        parameter weight × 3  (3, 3) float32      4 .. 12   grad rms 1e-9 … 0.50     ▇······  ▼ VANISHING
        parameter bias × 3    (3,) float32        5 .. 13   grad rms 0.50            ▇▇▇▇▇··
      norm: LayerNorm         6 parameters each
        parameter weight × 3  (3,) float32        6 .. 14   grad rms 0.50            ▇▇▇▇▇··
        parameter bias × 3    (3,) float32        7 .. 15   grad rms 0.50            ▇▇▇▇▇··
  head: Sequential            36 parameters
    0 … 4 × 3: Linear         12 parameters each
      parameter weight × 3    (3, 3) float32      16 .. 20  grad rms 0.50            ▇▇▇▇▇··
      parameter bias × 3      (3,) float32        17 .. 21  grad rms 0.50            ▇▇▇▇▇··
    1 … 5 × 3: Tanh"""


def test_a_model_that_repeats_fits_where_one_that_does_not_is_folded():
    model = nn.Sequential(*[nn.Linear(2, 2, rng=0) for _ in range(300)])
    text = str(viz.tree(model, max_nodes=50))
    assert text.startswith("901 lines are more than max_nodes=50: repeats are shown once.\n\nSequential ")
    assert text.partition("\n\n")[2] == str(viz.tree(model, repeats=True))
    assert len(text.splitlines()) == 2 + 4
    assert "× 300: Linear  6 parameters each" in str(viz.tree(model, max_nodes=50, depth=0))
    assert "0 … 1 × 2: Linear  6 parameters each" in str(viz.tree(model[:2], depth=0, repeats=True))
    assert str(viz.tree(model, repeats=None, max_nodes=901)) == str(viz.tree(model, repeats=False, max_nodes=901))


def test_what_cannot_fit_says_so():
    model = nn.Sequential(*[nn.Linear(2, 2 + i % 2 * i, rng=0) for i in range(40)])
    for options in ({}, {"depth": 0}, {"repeats": False}, {"repeats": True}):
        text = str(viz.tree(model, max_nodes=20, **options))
        folded = "" if "depth" in options else "all modules are folded, "
        assert f"max_nodes=20: {folded}41 lines cannot be folded any further.\n\n" in text
        assert len(text.splitlines()) == 2 + 41


def test_what_was_asked_for_is_no_remark():
    model = nn.Sequential(nn.Sequential(*[nn.Linear(2, 2, rng=0) for _ in range(9)]), nn.ReLU())
    text = str(viz.tree(model, repeats=True, max_nodes=4))
    assert text.startswith("6 lines are more than max_nodes=4: modules are folded below depth 1.\n\n")
    assert "× 9" in text


def test_one_module_in_many_places_is_told_in_a_line():
    model = nn.Sequential(*[nn.Linear(2, 2, rng=0)] * 9)
    assert "  1 … 8, same as 0\n" in str(viz.tree(model, repeats=True))
    assert "  8, same as 0\n" in str(viz.tree(model))


LEAVES = st.sampled_from([lambda: nn.Linear(2, 2, rng=0), lambda: nn.Linear(2, 3, rng=0), nn.ReLU, nn.Tanh])
MODELS = st.recursive(LEAVES, lambda inner: st.tuples(st.lists(inner, min_size=1, max_size=3), st.integers(1, 3)).map(
    lambda made: lambda: nn.Sequential(*[make() for make in made[0] * made[1]])), max_leaves=8)


@settings(max_examples=60, deadline=None)
@given(MODELS, st.integers(4, 40), st.sampled_from([None, True, False]))
def test_repeats_lose_no_module_and_no_number(make, max_nodes, repeats):
    model = nn.Sequential(make())
    root = read(model, 0.0, 1.0)
    once = told_once(root)
    assert sum(module.times for module in once.below()) == sum(1 for _ in model.modules())
    assert {id(owned) for owned in once.every} == {id(owned) for owned in root.every}
    assert len(once.every) == len(root.every)
    text = str(viz.tree(model, max_nodes=max_nodes, repeats=repeats))
    remark, _, body = text.rpartition("\n\n")
    assert len(body.splitlines()) <= max_nodes or f"{len(body.splitlines())} lines cannot be folded" in remark
    assert bool(remark) == (len(str(viz.tree(model, repeats=repeats)).splitlines()) > max_nodes)
