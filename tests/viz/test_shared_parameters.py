"""Parameters that several modules use: the picture says whose they are, and each of their names finds them."""

import numpy as np
import pytest

import autograd_core as ag
import nn
import viz


class Tied(nn.Module):
    """Two pairs of tied weights."""

    def __init__(self):
        self.emb, self.dec = nn.Embedding(5, 3, rng=0), nn.Linear(3, 5, bias=False, rng=1)
        self.a, self.b = nn.Linear(3, 3, rng=0), nn.Linear(3, 3, rng=1)
        self.dec.weight, self.b.weight = self.emb.weight, self.a.weight

    def forward(self, words):
        return self.dec(ag.tanh(self.b(ag.tanh(self.a(self.emb(words))))))


def heads(drawing):
    return {line.strip().split("  ")[0] for line in drawing.text.splitlines()}


@pytest.mark.parametrize("depth", [None, 0])
def test_tied_weights_keep_their_names(depth):
    drawing = viz.draw((Tied()(np.array([1, 2])) ** 2).mean(), depth=depth)
    assert {"parameter emb.weight (also in dec)", "parameter a.weight (also in b)"} <= heads(drawing)


@pytest.mark.parametrize("path", ["emb.weight", "dec.weight", "a.weight", "b.weight"])
def test_every_path_of_a_tied_weight_finds_it(path):
    model = Tied()
    loss = (model(np.array([1, 2])) ** 2).mean()
    near = heads(viz.draw(loss, focus=path, radius=0))
    assert any(line.startswith(f"parameter {'emb' if path in ('emb.weight', 'dec.weight') else 'a'}.weight")
               for line in near)
    assert sum(line.startswith("parameter") for line in near) == 1


def test_a_name_within_the_frame_is_enough():
    class Recurrent(nn.Module):
        def __init__(self):
            self.cell = nn.RNNCell(2, 2, rng=0)

        def forward(self, h):
            for _ in range(3):
                h = self.cell(np.ones((1, 2), "float32"), h)
            return h.sum()

    loss = Recurrent()(np.zeros((1, 2), "float32"))
    assert "parameter cell.weight_hh" in heads(viz.draw(loss))  # three frames, and outside them
    assert "parameter weight_hh" in heads(viz.draw(loss, repeats=True))  # in the one frame
    assert viz.draw(loss, focus="cell.weight_hh", radius=0).text.count("parameter cell.weight_hh") == 1
