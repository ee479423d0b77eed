"""What a caller points at: modules to fold, and the focus of a picture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from fnmatch import fnmatchcase

from autograd_core.errors import DTypeError, SelectionError
from autograd_core.graph import Graph
from autograd_core.recording import TensorBase

from .options import texts
from .picture import Kind, Picture

Folding = str | Iterable[str] | Callable[[str], bool]
"""Paths or patterns of modules, or a function from a path to bool."""
Focus = str | TensorBase


def chosen_modules(caller: str, picture: Picture, fold: Folding) -> set[str]:
    """The paths of modules that are to be folded.

    Args:
        caller: for the message.
        picture: with all its modules open.
        fold: see ``draw``.

    Returns:
        Paths.

    Raises:
        DTypeError: ``fold`` is of another type.
        SelectionError: a pattern that no module matches.

    Example:
        >>> import autograd_core as ag
        >>> from autograd_core.modes import module_path
        >>> from viz.pictures.picture import picture
        >>> x = ag.tensor(0.5, requires_grad=True)
        >>> for i in range(3):
        ...     with module_path(f"layers.{i}"):
        ...         x = ag.tanh(x)
        >>> sorted(chosen_modules("draw", picture(ag.graph(x)), "layers.[12]"))
        ['layers.1', 'layers.2']
    """
    modules = {call.path: None for box in picture.boxes if box.call for call in box.call.chain()}
    if callable(fold):
        return {path for path in modules if fold(path)}
    chosen: set[str] = set()
    for pattern in texts(caller, "fold", fold):
        matching = {path for path in modules if path == pattern or fnmatchcase(path, pattern)}
        if not matching:
            raise SelectionError(f"{caller}: fold={pattern!r} is no module that ran. {_there_are(pattern, modules)}")
        chosen |= matching
    return chosen


def focused(caller: str, picture: Picture, graph: Graph, focus: Focus) -> set[str]:
    """The ids of the boxes that a focus means.

    Args:
        caller: for the message.
        picture: with all its modules open.
        graph: that it shows.
        focus: see ``draw``.

    Returns:
        At least one id.

    Raises:
        DTypeError: it is neither a Tensor nor text.
        SelectionError: nothing in the picture is meant.
    """
    if not isinstance(focus, str | TensorBase):
        raise DTypeError(f"{caller}: focus={focus!r:.60}; expected a Tensor or a name.")
    if isinstance(focus, TensorBase):
        serial = focus.node.serial if focus.node else None
        ids = {f"v{vertex.id}" for vertex in graph.vertices if vertex.serial == serial}
        if not ids & {box.id for box in picture.boxes}:
            raise SelectionError(f"{caller}: the tensor in focus= is not in this graph, or show= leaves it out.")
        return ids
    names: dict[str, set[str]] = {}
    homes = {box.id: box.module for box in picture.boxes}
    for box in picture.boxes:
        own = box.name or box.text
        paths = [call.path for call in box.call.chain()] if box.call else []
        for name in [own, f"{box.module}.{own}".removeprefix("."), *paths]:
            names.setdefault(name, set()).add(box.id)
    parameters = {box.id: box for box in picture.boxes if box.kind is Kind.PARAMETER}
    for wire in picture.wires:
        if wire.source in parameters:
            # Whoever uses it may call it its own: one that several share has several paths.
            own = parameters[wire.source].text.rpartition(".")[2]
            for name in [own, f"{homes[wire.target]}.{own}".removeprefix(".")]:
                names.setdefault(name, set()).add(wire.source)
    if focus not in names:
        raise SelectionError(f"{caller}: focus={focus!r} is no name in this graph. {_there_are(focus, names)}")
    return names[focus]


def _there_are(word: str, names: Collection[str]) -> str:
    if not names:
        return "There are none in it."
    likely = get_close_matches(word, names, n=3, cutoff=0.3) or list(names)[:3]
    return f"There are {len(names):,}, among them {', '.join(map(repr, likely))}."
