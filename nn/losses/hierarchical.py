"""Hierarchical softmax: for very many classes, a walk down a binary tree instead of one score for each class."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd_core import Tensor, exp, log_sigmoid, softplus, where
from autograd_core.errors import DTypeError, OptionError, ShapeError
from autograd_core.options import at_least_0, integer

from .. import init
from ..module import Module
from ..parameter import Buffer, Parameter
from .reduction import check_reduction, floats, labels, reduced

Tree = Any
"""A class number, or a pair of trees: ((0, 1), 2) asks first whether it is 2, then which of 0 and 1."""


def huffman(counts: Sequence[float]) -> Tree:
    """The tree in which frequent classes have short paths: the shortest mean path there is.

    Args:
        counts: how frequent each class is.

    Returns:
        A tree of nested pairs.

    Raises:
        OptionError: no counts, or a negative one.
        DTypeError: a count that is not a number.

    Source:
        Huffman, "A Method for the Construction of Minimum-Redundancy Codes", 1952.

    Example:
        >>> import nn
        >>> nn.huffman([5, 1, 2])
        ((1, 2), 0)
    """
    if np.ndim(counts) != 1:
        raise DTypeError(f"huffman: counts={counts!r}; expected numbers, one for each class.")
    heap: list[tuple[float, int, Tree]] = [(at_least_0(f"huffman: counts[{label}]", count), label, label)
                                           for label, count in enumerate(counts)]
    if not heap:
        raise OptionError("huffman: there are no counts.")
    heapq.heapify(heap)
    for number in range(len(heap), 2 * len(heap) - 1):  # the number decides between equal counts
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a[0] + b[0], number, (a[2], b[2])))
    return heap[0][2]


class HierarchicalSoftmax(Module):
    """Softmax over C classes as a walk down a binary tree, with the loss -Σ log p over the turns to the target's leaf.

    At each inner node n a logistic regression s(w_n x + b_n) is the probability of turning left. The probabilities of
    all leaves sum to 1, and a training step costs as much as the target's path is long, log C instead of C.

    Args:
        in_features: the size of the last axis of the input.
        tree: nested pairs of class numbers, such as :func:`huffman` gives of class counts; or the number of classes,
            for a balanced tree.
        reduction: "mean" over the samples, "sum", or "none".
        rng: a Generator, or a seed.
        dtype: of the parameters.

    Shape:
        input (N, in_features), target of integers (N,); ``weight`` is (C - 1, in_features), ``bias`` (C - 1,).

    Raises:
        OptionError: a tree that does not hold each class once.
        ShapeError: on a call, inputs or labels that do not fit.

    Source:
        Morin and Bengio, "Hierarchical Probabilistic Neural Network Language Model", 2005; Mikolov et al. 2013 for the
        Huffman tree.

    Example:
        >>> import numpy as np, nn
        >>> loss = nn.HierarchicalSoftmax(3, tree=nn.huffman([5, 1, 2]), rng=0)
        >>> p = loss.probabilities(np.ones((1, 3), np.float32))
        >>> p.shape, round(p.sum().item(), 5)
        ((1, 3), 1.0)
    """

    def __init__(self, in_features: int, tree: Tree, *, reduction: str = "mean", rng: init.Rng = None,
                 dtype: npt.DTypeLike = np.float32) -> None:
        self.in_features = integer("HierarchicalSoftmax: in_features", in_features, least=1)
        self.reduction = check_reduction("HierarchicalSoftmax", reduction)
        nodes, turns = _paths(_balanced(range(tree)) if isinstance(tree, int) else tree)
        self.classes = len(nodes)
        self.nodes = Buffer(nodes, persistent=False)  # of each class's path, padded with 0
        self.turns = Buffer(turns, dtype=dtype, persistent=False)  # 1 left, -1 right, 0 padding
        rng, bound = init.generator(rng), 1 / math.sqrt(in_features)
        count = self.classes - 1
        self.weight = init.uniform_(Parameter(np.zeros((count, in_features)), dtype=dtype), -bound, bound, rng=rng)
        self.bias = Parameter(np.zeros(count), dtype=dtype)

    def forward(self, input: Any, target: Any) -> Tensor:
        """The loss; only the nodes on the targets' paths are touched."""
        x = self._checked(input)
        found = labels("HierarchicalSoftmax", target, x.shape[:1], self.classes)
        nodes, turns = self.nodes.data[found], self.turns.data[found]
        scores = (self.weight[nodes] * x[:, None, :]).sum(axis=2) + self.bias[nodes]
        losses = where(turns == 0, 0, softplus(-scores * turns)).sum(axis=1)
        return reduced("HierarchicalSoftmax", losses, self.reduction)

    def log_probabilities(self, input: Any) -> Tensor:
        """The logarithm of the probability of every class, (N, C)."""
        scores = (self._checked(input) @ self.weight.mT + self.bias)[:, self.nodes.data]
        return where(self.turns.data == 0, 0, log_sigmoid(scores * self.turns)).sum(axis=2)

    def probabilities(self, input: Any) -> Tensor:
        """The probability of every class, (N, C)."""
        return exp(self.log_probabilities(input))

    def _checked(self, input: Any) -> Tensor:
        x = floats("HierarchicalSoftmax", input)
        if x.ndim != 2 or x.shape[1] != self.in_features:
            raise ShapeError(f"HierarchicalSoftmax: an input of {x.shape}; expected (samples, {self.in_features}).")
        return x

    def extra_repr(self) -> str:
        """The sizes."""
        return f"in_features={self.in_features}, classes={self.classes}"


def _balanced(classes: Sequence[int]) -> Tree:
    if len(classes) < 2:
        return classes[0] if classes else ()
    half = len(classes) // 2
    return (_balanced(classes[:half]), _balanced(classes[half:]))


def _paths(tree: Tree) -> tuple[np.ndarray, np.ndarray]:
    """For each class the inner nodes on the way to it, and 1 or -1 for each turn; both (C, longest path)."""
    paths: dict[int, list[tuple[int, int]]] = {}
    inner = 0
    stack: list[tuple[Tree, list[tuple[int, int]]]] = [(tree, [])]
    while stack:
        node, path = stack.pop()
        if isinstance(node, (int, np.integer)):
            if int(node) in paths:
                raise OptionError(f"HierarchicalSoftmax: class {node} is in the tree twice.")
            paths[int(node)] = path
            continue
        if not isinstance(node, (tuple, list)) or len(node) != 2:
            raise OptionError(f"HierarchicalSoftmax: {node!r} in the tree is neither a class number nor a pair.")
        stack += [(node[0], [*path, (inner, 1)]), (node[1], [*path, (inner, -1)])]
        inner += 1
    if sorted(paths) != list(range(len(paths))) or len(paths) < 2:
        raise OptionError(f"HierarchicalSoftmax: the tree holds the classes {sorted(paths)}; expected all from 0 on.")
    longest = max(map(len, paths.values()))
    padded = np.zeros((2, len(paths), longest), int)
    for label, path in paths.items():
        padded[:, label, : len(path)] = np.transpose(path)
    return padded[0], padded[1]
