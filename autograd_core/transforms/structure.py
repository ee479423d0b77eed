"""Nested structures: lists, tuples, named tuples and dicts, to any depth, with anything else as leaves."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..errors import ShapeError

Tree = Any
"""A leaf, or a list, tuple, named tuple or dict of trees."""


def parts(tree: Tree) -> dict[str, Tree] | None:
    """What a container holds, by how one gets at it (``[0]``, ``['w']``, ``.bias``); None for a leaf."""
    if isinstance(tree, dict):
        return {f"[{key!r}]": value for key, value in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return {f".{name}": value for name, value in zip(tree._fields, tree, strict=True)}
    if isinstance(tree, (list, tuple)):
        return {f"[{i}]": value for i, value in enumerate(tree)}
    return None


def leaves(tree: Tree) -> list[Any]:
    """The leaves, from left to right.

    Args:
        tree: any structure.

    Returns:
        A list.

    Example:
        >>> leaves({"w": [1.0, 2.0], "b": (3.0,)})
        [1.0, 2.0, 3.0]
    """
    inside = parts(tree)
    return [tree] if inside is None else [leaf for part in inside.values() for leaf in leaves(part)]


def rebuild(tree: Tree, values: Iterable[Any]) -> Tree:
    """A structure like ``tree`` with ``values`` for leaves, from left to right.

    Args:
        tree: any structure; it is left as it is.
        values: as many as ``tree`` has leaves.

    Returns:
        Containers of the same types, down to subclasses.

    Example:
        >>> rebuild({"w": [1.0, 2.0], "b": (3.0,)}, "xyz")
        {'w': ['x', 'y'], 'b': ('z',)}
    """
    return _rebuild(tree, iter(values))


def _rebuild(tree: Tree, values: Iterator[Any]) -> Tree:
    inside = parts(tree)
    if inside is None:
        return next(values)
    new = [_rebuild(part, values) for part in inside.values()]
    if isinstance(tree, dict):
        result = copy.copy(tree)  # a subclass may need more than its items
        result.update(zip(tree, new, strict=True))
        return result
    return tree._make(new) if hasattr(tree, "_make") else type(tree)(new)


def map_leaves(function: Callable[[Any], Any], tree: Tree) -> Tree:
    """``tree`` with ``function`` of each leaf in its place."""
    return rebuild(tree, map(function, leaves(tree)))


def aligned(tree: Tree, like: Tree, name: str) -> list[tuple[str, Any]]:
    """The leaves of ``tree`` and their names, in the order in which ``like``, a tree of the same structure, has them.

    Args:
        tree: the structure to read.
        like: the structure that it must have; dicts may order their keys differently.
        name: what ``tree`` is called in messages.

    Returns:
        A list of (name, leaf).

    Raises:
        ShapeError: another structure; the message says where they part.

    Example:
        >>> aligned({"b": 2.0, "a": [1.0]}, {"a": [0.0], "b": 0.0}, "t")
        [("t['a'][0]", 1.0), ("t['b']", 2.0)]
    """
    wanted, given = parts(like), parts(tree)
    if wanted is None:
        return [(name, tree)]
    if given is None or given.keys() != wanted.keys():
        said = "a leaf" if given is None else f"one with {', '.join(given) or 'nothing inside'}"
        raise ShapeError(
            f"{name}: expected a {type(like).__name__} with {', '.join(wanted) or 'nothing inside'}, "
            f"got a {type(tree).__name__}, {said}."
        )
    return [pair for place, part in wanted.items() for pair in aligned(given[place], part, name + place)]
