"""Parameters of a model that the graph does not have: no gradient will ever arrive at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from autograd_core.graph import Graph

from .flags import no_grad
from .picture import Box, Kind, Picture


def unreached(graph: Graph, model: Any) -> Iterator[tuple[str, Any]]:
    """The parameters of a model on which the outputs of a graph do not depend; not those that are frozen.

    Args:
        graph: from ``ag.graph``.
        model: anything with ``named_parameters()``.

    Returns:
        Names and parameters.

    Example:
        >>> import autograd_core as ag, nn
        >>> model = nn.ModuleDict({"used": nn.Linear(2, 1, rng=0), "unused": nn.Linear(2, 1, rng=0)})
        >>> graph = ag.graph(model["used"]([[1.0, 2.0]]).sum())
        >>> [name for name, _ in unreached(graph, model)]
        ['unused.weight', 'unused.bias']
    """
    there = {vertex.serial for vertex in graph.vertices}
    for name, parameter in model.named_parameters():
        if parameter.node is not None and parameter.node.serial not in there:
            yield name, parameter


def with_unreached(picture: Picture, graph: Graph, model: Any) -> Picture:
    """Add the parameters that no gradient reaches, each flagged NO GRAD.

    Args:
        picture: in which nothing is folded.
        graph: that it shows.
        model: anything with ``named_parameters()``.

    Returns:
        A Picture with a box more for each of them.
    """
    flag = no_grad("the outputs do not depend on it; ag.explain(parameter, loss) says why")
    rank = len(picture.boxes)
    boxes = [
        Box(id=f"unreached{i}", kind=Kind.PARAMETER, text=name, note=str(parameter.shape), operands=(),
            about=f"parameter {name}", call=None, name=None, value=None, gradient=None, rank=rank + i, flags=(flag,))
        for i, (name, parameter) in enumerate(unreached(graph, model))
    ]
    return replace(picture, boxes=(*picture.boxes, *boxes))
