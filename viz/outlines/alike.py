"""Sibling modules of equal structure, told once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import chain, groupby

from ..pictures.captions import from_to
from ..pictures.repeats import LONGEST, numberless
from .modules import Module


def told_once(root: Module) -> Module:
    """Merge siblings of equal structure that follow one another, such as the layers of a deep network.

    Equal are class, names, shapes and dtypes, also of all that is below; of the siblings' own names, all but the
    numbers. Of two or more that alternate, such as Linear and ReLU, each is merged by itself.

    Args:
        root: with every module by itself.

    Returns:
        The same, if nothing is alike; else a tree of fewer modules, of which some stand for several.
    """
    structures: dict[Hashable, int] = {}
    numbers: dict[int, int] = {}  # equal for equal structures, by the module's id()
    for module in reversed([*root.below()]):  # children before those around them
        below = tuple((child.name, numbers[id(child)]) for child in module.children)
        own = tuple((owned.name, owned.kind, owned.shape, owned.dtype) for (owned,) in module.own)
        shared = tuple((name, numberless(there)) for name, there in module.shared)
        numbers[id(module)] = structures.setdefault((module.kind, own, shared, below), len(structures))
    return _merged([root], root.name, numbers)


def _merged(modules: Sequence[Module], name: str, numbers: dict[int, int]) -> Module:
    """One module for several of equal structure, and the same again with what is in them."""
    return replace(
        modules[0], name=name, times=len(modules),
        own=[list(chain(*places)) for places in zip(*(module.own for module in modules), strict=True)],
        shared=_shared(modules),
        children=_children(modules, numbers),
    )


def _children(modules: Sequence[Module], numbers: dict[int, int]) -> list[Module]:
    first = modules[0].children
    kinds = [(numberless(child.name), numbers[id(child)]) for child in first]
    merged = []
    start = 0
    while start < len(first):
        period, times = _run(kinds, start)
        for place in range(start, start + period):
            places = range(place, place + period * times, period)
            same = [module.children[i] for module in modules for i in places]
            name = first[place].name
            name = f"{name} … {first[places[-1]].name} × {times:,}" if times > 1 else name
            merged.append(_merged(same, name, numbers))
        start += period * times
    return merged


def _run(kinds: Sequence[Hashable], start: int) -> tuple[int, int]:
    """How many siblings repeat from ``start`` on, and how often: the most that it can be in all."""
    best = (1, 1)
    for period in range(1, min(LONGEST, (len(kinds) - start) // 2) + 1):
        end = start + period
        while end < len(kinds) and kinds[end] == kinds[end - period]:
            end += 1
        times = (end - start) // period
        if times > 1 and times * period > best[0] * best[1]:
            best = period, times
    return best


def _shared(modules: Sequence[Module]) -> list[tuple[str, str]]:
    """What is told elsewhere; of several that are the same thing, in one line."""
    places = [(column[0][0], from_to([there for _, there in column]))
              for column in zip(*(module.shared for module in modules), strict=True)]
    groups = groupby(places, key=lambda place: (numberless(place[0]), place[1]))
    return [(from_to([name for name, _ in group]), there) for (_, there), group in groups]
