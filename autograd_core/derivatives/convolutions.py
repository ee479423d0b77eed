"""Convolution and correlation of sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ShapeError
from ..recording import Primitive
from .contractions import arrays_of
from .define import composite
from .domains import Case, Cases

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["convolve", "correlate"]

# y_k = Σ_i a_i b_(k-i). What comes back to a_i is Σ_k g_k b_(k-i): g slides along b.
_convolve = Primitive("convolve", np.convolve, {
    "a": lambda g, b: np.convolve(g, b[::-1], "valid"),
    "b": lambda g, a: np.convolve(g, a[::-1], "valid"),
})


def _sequences(name: str, *operands: Any) -> list[Any]:
    found = [x if x.ndim else x.reshape(1) for x in arrays_of(*operands)]
    if any(x.ndim != 1 or not x.shape[0] for x in found):
        raise ShapeError(f"{name}: shapes {' and '.join(str(np.shape(x)) for x in operands)}; "
                         f"expected two sequences with at least one element.")
    return found


def _middle(full: Any, m: int, n: int, mode: str, name: str, same: int) -> Any:
    """The part of a full convolution of lengths ``m`` and ``n`` that ``mode`` asks for."""
    shorter, longer = sorted((m, n))
    if mode == "full":
        return full
    if mode == "same":
        return full[same : same + longer]
    if mode == "valid":
        return full[shorter - 1 : longer]
    raise ShapeError(f"{name}: mode={mode!r}; expected 'full', 'same' or 'valid'.")


@composite(numpy=np.convolve, over=Cases((
    Case(((4,), (2,))), Case(((2,), (5,)), {"mode": "same"}), Case(((5,), (3,)), {"mode": "valid"}), Case(((), (3,))))))
def convolve(a: Any, v: Any, mode: str = "full") -> Tensor:
    """Convolution of two sequences, y_k = Σ a_i v_(k-i). The gradient of each correlates g with the other.

    Args:
        a, v: Tensors or arrays of shape (m,) and (n,).
        mode: "full": all m + n - 1 overlaps; "same": the middle max(m, n) of them; "valid": the complete ones.

    Returns:
        Tensor with one axis.

    Raises:
        ShapeError: empty operands, operands with several axes, an unknown mode.

    Example:
        >>> import autograd_core as ag
        >>> ag.convolve(ag.tensor([1.0, 2.0, 3.0]), [1.0, 10.0])
        tensor([ 1., 12., 23., 30.])
    """
    a, v = _sequences("convolve", a, v)
    m, n = len(a), len(v)
    return _middle(_convolve(a, v), m, n, mode, "convolve", (min(m, n) - 1) // 2)  # type: ignore[no-any-return]


@composite(numpy=np.correlate, over=Cases((
    Case(((2,), (3,))), Case(((4,), (2,)), {"mode": "full"}), Case(((3,), (2,)), {"mode": "same"}),
    Case(((3,), (4,)), {"mode": "same"}))))
def correlate(a: Any, v: Any, mode: str = "valid") -> Tensor:
    """Correlation of two sequences, y_k = Σ a_(i+k) v_i: the convolution of ``a`` with ``v`` reversed.

    Args:
        a, v: Tensors or arrays of shape (m,) and (n,).
        mode: "full": all m + n - 1 overlaps; "same": the middle max(m, n) of them; "valid": the complete ones.

    Returns:
        Tensor with one axis.

    Raises:
        ShapeError: empty operands, operands with several axes, an unknown mode.

    Example:
        >>> import autograd_core as ag
        >>> ag.correlate(ag.tensor([1.0, 2.0, 3.0]), [1.0, 10.0])
        tensor([21., 32.])
    """
    a, v = _sequences("correlate", a, v)
    m, n = len(a), len(v)
    same = m // 2 if m < n else (n - 1) // 2  # as NumPy cuts it
    return _middle(_convolve(a, v[::-1]), m, n, mode, "correlate", same)  # type: ignore[no-any-return]
