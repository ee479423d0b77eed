"""Connectionist temporal classification: a sequence of labels for a longer sequence of outputs, alignment unknown."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import Tensor, logaddexp, stack, where
from autograd_core.errors import DTypeError, SelectionError, ShapeError
from autograd_core.options import integer

from ..module import Module
from .reduction import check_reduction, floats, labels

NEVER = -1e30  # the logarithm of a probability of 0, finite so that its gradient is no NaN


def ctc_loss(log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int = 0,
             reduction: str = "mean", zero_infinity: bool = False) -> Tensor:
    """-log of the probability of a label sequence, summed over all alignments; see :class:`CTCLoss`.

    Args:
        log_probs: (T, N, C) or (T, C), log-probabilities of the classes at each time.
        targets: integers (N, S), or all of them end to end.
        input_lengths: (N,) or a number, how many times of each sample count.
        target_lengths: (N,) or a number, how many labels each sample has.
        blank: the class that is no label.
        reduction: "mean" (each loss over the length of its target, then over the samples), "sum" or "none".
        zero_infinity: 0, not infinity, for labels that do not fit into the time.

    Returns:
        Tensor: 0-d, or (N,) for "none".

    Raises:
        ShapeError, DTypeError, SelectionError: shapes, lengths or labels that do not go together.
        OptionError: another ``reduction``.

    Example:
        >>> import nn.functional as F
        >>> import numpy as np
        >>> F.ctc_loss(np.log([[[0.5, 0.5]], [[0.5, 0.5]]]), [[1]], [2], [1])  # 1 blank, blank 1, or 1 1
        tensor(0.28768207)
    """
    check_reduction("ctc_loss", reduction)
    logp = floats("ctc_loss", log_probs)
    if single := logp.ndim == 2:
        logp = logp[:, None]
    if logp.ndim != 3:
        raise ShapeError(f"ctc_loss: log-probabilities of shape {logp.shape}; expected (time, samples, classes).")
    steps, samples, classes = logp.shape
    if not 0 <= integer("ctc_loss: blank", blank) < classes:
        raise SelectionError(f"ctc_loss: blank={blank}, but the classes are 0 to {classes - 1}.")
    times = _lengths("input_lengths", input_lengths, samples, steps)
    counts = _lengths("target_lengths", target_lengths, samples, None)
    extended, skip = _extended(_padded(targets, counts, classes, blank), blank)
    alpha = _alignments(logp, extended, skip, times)
    rows = np.arange(samples)
    ends = alpha[rows, 2 * counts]  # after the last label came a blank
    last = alpha[rows, np.maximum(2 * counts - 1, 0)]
    total = where(counts == 0, ends, logaddexp(ends, last))
    impossible = total.data < NEVER / 2
    losses = where(impossible, 0.0 if zero_infinity else np.inf, -total)
    if reduction == "none":
        return losses[0] if single else losses
    return (losses * (1 / np.maximum(counts, 1)).astype(logp.dtype)).mean() if reduction == "mean" else losses.sum()


class CTCLoss(Module):
    """-log P(labels | outputs), where P adds up all ways to align the labels with the longer sequence of outputs.

    An alignment names a class at each time; repeats are merged, then blanks dropped. The sum over all of them is found
    by the forward algorithm, in logarithms: α_t(s) = (α_{t-1}(s) + α_{t-1}(s-1) [+ α_{t-1}(s-2)]) p_t(l_s).

    Args:
        blank: the class that stands for no label.
        reduction: "mean" (each loss over the length of its target, then over the samples), "sum" or "none".
        zero_infinity: give 0 instead of infinity, and no gradient, where the output is too short for the target.

    Shape:
        log-probabilities (T, N, C) or (T, C), as from LogSoftmax; targets (N, S) or all of them end to end;
        input_lengths and target_lengths (N,) or a number.

    Raises:
        OptionError: a negative ``blank``; another ``reduction``.
        ShapeError, DTypeError, SelectionError: shapes, lengths or labels that do not go together.

    Source:
        Graves et al., "Connectionist Temporal Classification", 2006.

    Example:
        >>> import numpy as np, nn
        >>> even = np.full((2, 1, 2), np.log(0.5))
        >>> round(float(np.exp(-nn.CTCLoss()(even, [[1]], [2], [1]).numpy())), 6)  # of 4 alignments, -1 1- 11 say "1"
        0.75
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        self.blank = integer("CTCLoss: blank", blank, least=0)
        self.reduction = check_reduction("CTCLoss", reduction)
        self.zero_infinity = zero_infinity

    def forward(self, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any) -> Tensor:
        """The loss; see the class."""
        return ctc_loss(log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction,
                        self.zero_infinity)


def _alignments(logp: Tensor, extended: np.ndarray, skip: np.ndarray, times: np.ndarray) -> Tensor:
    """log α at the end of each sample, (N, 2 S + 1): of being at each place of the extended labels."""
    samples, places = extended.shape
    emitted = logp[np.arange(len(logp))[:, None, None], np.arange(samples)[:, None], extended]
    start = np.arange(places) < 2
    alpha = where(start, emitted[0], NEVER)
    for t in range(1, len(logp)):
        stay, step, jump = alpha, _shifted(alpha, 1), where(skip, _shifted(alpha, 2), NEVER)
        moved = logaddexp(logaddexp(stay, step), jump) + emitted[t]
        alpha = where((t < times)[:, None], moved, alpha)
    return alpha


def _shifted(alpha: Tensor, by: int) -> Tensor:
    """``alpha`` one or two places on, coming from nowhere at the first ones."""
    columns = [np.full(alpha.shape[0], NEVER, alpha.dtype)] * min(by, alpha.shape[1])
    return stack([*columns, *(alpha[:, i] for i in range(alpha.shape[1] - by))], axis=1)


def _extended(targets: np.ndarray, blank: int) -> tuple[np.ndarray, np.ndarray]:
    """The labels with a blank before, between and after them; and where a blank may be jumped over."""
    samples, longest = targets.shape
    extended = np.full((samples, 2 * longest + 1), blank)
    extended[:, 1::2] = targets
    skip = np.zeros(extended.shape, bool)
    skip[:, 3::2] = targets[:, 1:] != targets[:, :-1]  # equal labels need a blank between them
    return extended, skip


def _padded(targets: Any, counts: np.ndarray, classes: int, blank: int) -> np.ndarray:
    """Targets as a matrix, whatever stands in its padding."""
    found = targets.data if isinstance(targets, Tensor) else np.asarray(targets)
    longest, samples = int(counts.max(initial=0)), len(counts)
    if found.size and found.dtype.kind not in "iu":
        raise DTypeError(f"ctc_loss: targets of {found.dtype}; expected integers.")
    padded = np.full((samples, longest), (blank + 1) % classes)
    if found.ndim == 1 and len(found) == counts.sum():
        padded[np.arange(longest) < counts[:, None]] = found
    elif found.ndim == 2 and len(found) == samples and found.shape[1] >= longest:
        within = np.arange(longest) < counts[:, None]
        padded[within] = found[:, :longest][within]
    else:
        raise ShapeError(f"ctc_loss: targets of shape {found.shape} for {samples} samples with {counts.tolist()} "
                         f"labels; expected ({samples}, {longest}) or ({counts.sum()},).")
    if (padded == blank).any():
        raise SelectionError(f"ctc_loss: a target is {blank}, the blank, which is no label.")
    return labels("ctc_loss", padded, padded.shape, classes)


def _lengths(name: str, lengths: Any, samples: int, limit: int | None) -> np.ndarray:
    found = np.asarray(lengths.data if isinstance(lengths, Tensor) else lengths)
    found = np.full(samples, found) if not found.ndim else found
    bad = found.shape != (samples,) or found.dtype.kind not in "iu" or (found < 0).any()
    if bad or (limit is not None and (found > limit).any()):
        most = "" if limit is None else f" of at most {limit}"
        raise ShapeError(f"ctc_loss: {name}={np.asarray(lengths).tolist()}; expected {samples} integers{most}.")
    return found


