"""Transposed convolutions of every size, against PyTorch."""

import itertools

import numpy as np
import pytest

import autograd_core as ag


@pytest.mark.parametrize("space", [(2,), (3, 2)])
def test_every_size_is_that_of_pytorch(space):
    """Also an output_padding that the stride alone does not leave open; and both refuse the same sizes."""
    torch = pytest.importorskip("torch", reason="the oracle")
    ours, theirs = getattr(ag, f"conv_transpose{len(space)}d"), getattr(torch, f"conv_transpose{len(space)}d")
    rng = np.random.default_rng(0)
    made = 0
    for k, stride, padding, dilation, more in itertools.product((1, 3), (1, 2), (0, 1, 3), (1, 3), (0, 1, 2)):
        arrays = [rng.standard_normal(s) for s in ((2, 2, *space), (2, 1, *(k for _ in space)), (1,))]
        options = {"stride": stride, "padding": padding, "output_padding": more, "dilation": dilation}
        y = None
        try:
            leaves = [torch.tensor(x, requires_grad=True) for x in arrays]
            y = theirs(*leaves, **options)
        except RuntimeError:
            with pytest.raises(ag.errors.ShapeError, match="padding="):
                ours(*arrays, **options)
            continue
        if y.numel() == 0:  # in some versions, for some dtypes
            continue
        g = rng.standard_normal(y.shape)
        y.backward(torch.tensor(g))
        own = [ag.tensor(x, requires_grad=True) for x in arrays]
        z = ours(*own, **options)
        np.testing.assert_allclose(z.numpy(), y.detach().numpy(), rtol=1e-12, atol=1e-12)
        for found, leaf in zip(ag.gradients(z, own, g), leaves, strict=True):
            np.testing.assert_allclose(found.numpy(), leaf.grad.numpy(), rtol=1e-12, atol=1e-12)
        made += more >= stride
    assert made > 3


@pytest.mark.parametrize("padding", [2, 3])
def test_a_padding_that_leaves_nothing_is_named(padding):
    with pytest.raises(ag.errors.ShapeError, match=rf"padding={padding} takes away all of the size \(4,\)"):
        ag.conv_transpose1d(np.ones((2, 2, 1)), np.ones((2, 1, 4)), padding=padding)


def test_an_output_padding_that_is_too_large_is_named():
    for more in (2, -1):
        with pytest.raises(ag.errors.ShapeError, match=f"output_padding={more} must be at least 0, and smaller than"):
            ag.conv_transpose1d(np.ones((2, 2, 3)), np.ones((2, 1, 4)), output_padding=more, stride=2)
