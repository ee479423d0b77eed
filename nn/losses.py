"""What training makes small."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.derivatives.define import apply
from autograd_core.derivatives.special import softmax
from autograd_core.errors import DTypeError, SelectionError, ShapeError
from autograd_core.recording import Primitive

from .module import Module


def _cross_entropy(logits: Any, target: np.ndarray) -> Any:
    shifted = logits - logits.max(axis=1, keepdims=True)
    true = shifted[np.arange(len(target)), target]
    return (np.log(np.exp(shifted).sum(axis=1)) - true).mean()


def _softmax_minus_onehot(g: Any, logits: Any, target: np.ndarray) -> Any:
    delta = apply(softmax, logits, axis=1)
    delta[np.arange(len(target)), target] -= 1
    return delta * (g / len(target))


# One primitive for log_softmax, indexing and mean: 1.3x faster at 128 x 10, 2x at 128 x 1000, and it keeps no matrix
# but the logits. It takes checked labels.
cross_entropy = Primitive("cross_entropy", _cross_entropy, {"logits": _softmax_minus_onehot, "target": None})


class CrossEntropyLoss(Module):
    """Softmax cross-entropy, the mean over the samples of -log(e^f_target / Σ e^f).

    The gradient on the logits is (softmax(f) - onehot) / N, which does not saturate. Stable for logits of any size.

    Shape:
        logits (N, C) of floats and target (N,) of integers from 0 to C - 1, both Tensors or arrays; the loss is 0-d.

    Raises:
        ShapeError: logits that are not (N, C), or a target that is not (N,).
        DTypeError: labels that are not integers.
        SelectionError: a label outside 0 .. C - 1.

    Example:
        >>> import autograd_core as ag, nn
        >>> logits = ag.tensor([[0.0, 0.0]], requires_grad=True)
        >>> loss = nn.CrossEntropyLoss()(logits, [1])
        >>> loss.backward()
        >>> loss, logits.grad
        (tensor(0.69314718, op=cross_entropy), tensor([[ 0.5, -0.5]]))
    """

    def forward(self, logits: Any, target: Any) -> Tensor:
        """The mean loss; see the class."""
        return cross_entropy(logits, _labels(target, np.shape(logits)))  # type: ignore[no-any-return]  # a Tensor


def _labels(target: Any, shape: tuple[int, ...]) -> np.ndarray:
    """``target`` as an array, checked against logits of ``shape``."""
    labels = target.data if isinstance(target, Tensor) else np.asarray(target)
    if len(shape) != 2 or 0 in shape:
        raise ShapeError(f"cross-entropy: logits of shape {shape}; expected (samples, classes), neither of them 0.")
    if labels.shape != shape[:1]:
        hint = " For one-hot rows pass target.argmax(axis=1)." if labels.shape == shape else ""
        raise ShapeError(
            f"cross-entropy: target of shape {labels.shape} for logits of shape {shape}; expected {shape[:1]}.{hint}"
        )
    if labels.dtype.kind not in "iu":
        raise DTypeError(f"cross-entropy: target of {labels.dtype}; expected integer labels: pass target.astype(int).")
    if labels.min() < 0 or labels.max() >= shape[1]:
        place = int(np.argmax((labels < 0) | (labels >= shape[1])))
        raise SelectionError(
            f"cross-entropy: target[{place}] is {labels[place]}, but logits of shape {shape} know the classes 0 to "
            f"{shape[1] - 1}. Number the labels from 0, or give the last layer one output a class."
        )
    return labels
