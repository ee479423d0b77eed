"""``draw``: from the result of a computation to a picture of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import autograd_core as ag
from autograd_core.debugging.symptoms import HUGE, MANY, TINY
from autograd_core.graph import Graph

from .captions import SHOW
from .choosing import Focus, Folding, chosen_modules, focused
from .cutting import apart, around, without
from .dot import to_dot
from .errors import FormatError, RendererError
from .files import write_whole
from .fitting import fitted
from .flags import flags_of
from .folding import fold as fold_calls
from .picture import Kind, picture
from .render import render
from .repeats import merge_repeats
from .unreached import with_unreached

_FREED = "Not all is known: backward() has freed this graph. Draw before it, or after backward(retain_graph=True)."
_PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>A computation</title>
<body>{svg}</body></html>
"""


@dataclass(frozen=True)
class Drawing:
    """A graph, ready to be looked at: saved as a file, shown by a notebook, or read as DOT."""

    source: str  # DOT

    def svg(self) -> str:
        """The picture as an ``<svg>`` element, to be put into a page.

        Returns:
            XML, without the declaration that a file begins with.

        Raises:
            RendererError: there is no Graphviz, or it failed.
        """
        text = render(self.source, "svg").decode()
        return text[text.index("<svg") :]

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file, whole or not at all.

        Args:
            path: ends in ``.svg``, ``.png``, ``.pdf`` (if the installed Graphviz can), ``.html`` (a page with the
                SVG in it) or ``.gv`` (DOT source, needs no renderer). Missing folders are made.

        Returns:
            The path.

        Raises:
            FormatError: another suffix.
            RendererError: there is no Graphviz, or it failed. The DOT source was written instead, with ``.gv`` after
                the name.

        Example:
            >>> import tempfile, autograd_core as ag
            >>> x = ag.tensor(3.0, requires_grad=True, name="x")
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     draw(x * x).save(f"{folder}/square.svg").name
            'square.svg'
        """
        path = Path(path)
        format = path.suffix.lower().removeprefix(".")
        if format not in ("svg", "png", "pdf", "html", "gv"):
            raise FormatError(
                f"save: {path.name!r} ends in {path.suffix!r}; a drawing can be .svg, .png, .pdf, .html or .gv."
            )
        if format == "gv":
            return write_whole(path, self.source.encode())
        try:
            data = _PAGE.format(svg=self.svg()).encode() if format == "html" else render(self.source, format)
        except RendererError as error:
            left = write_whole(path.with_name(f"{path.name}.gv"), self.source.encode())
            raise RendererError(f"{error} {path.name} was not written, but its DOT source was: {left}.") from error
        return write_whole(path, data)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What notebooks show."""
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Drawing: {len(self.source):,} characters of DOT>"


def draw(outputs: ag.Tensor | Sequence[ag.Tensor], *, title: str | None = None,
         direction: Literal["LR", "TB"] = "LR", depth: int | None = None, fold: Folding = (),
         repeats: bool | None = None, show: Iterable[str] = SHOW, focus: Focus | None = None, radius: int = 2,
         max_nodes: int = 400, grad: Any = None, model: Any = None, tiny: float = TINY, huge: float = HUGE,
         many: float = MANY) -> Drawing:
    """Draw what was computed: every value above its wire in green, and its gradient below in red.

    Numbers are written as such. Larger arrays show shape, dtype, mean ± std and the gradient's rms, and the wires'
    colour and width follow its order of magnitude. A ``?`` is a gradient that is not known, which is not the same
    as 0. Pointing at a number shows it in full precision.

    Calls of modules are frames; a folded one is a box that says what it holds, and the wires across its border are
    merged, with their number (``3×``) where there are several.

    Flags say what is wrong, with an icon, a word and a border: VANISHING and EXPLODING (a leaf's gradient), DEAD RELU,
    SATURATED, NaN/INF (where it was made; the first operation to do so is marked), NO GRAD and DETACHED. They agree
    with ``ag.explain``. A folded module has the worst of those inside, and their number. The legend has the thresholds.

    Args:
        outputs: a Tensor or several, that require grad. ``backward()`` may have been called or not; what it freed
            of large arrays is no longer shown.
        title: a headline.
        direction: ``"LR"`` to draw from left to right, ``"TB"`` from top to bottom (value left, gradient right).
        depth: how many levels of modules to open; those below are folded. None for all.
        fold: modules to fold: a path or pattern such as ``"encoder.*"`` or several, or a function from a path to bool.
        repeats: True shows sibling modules of equal structure once, marked ``× 12``, and False never does; None does
            if the picture would otherwise have to be folded more.
        show: what to show besides the operations, of ``"values"``, ``"gradients"``, ``"shapes"``, ``"constants"``,
            ``"parameters"``, ``"flow"`` (colour and width of the wires) and ``"flags"``.
        focus: a Tensor, or the name of a tensor, module or parameter (``"encoder.weight"``), to show with what is near.
        radius: how many wires away from the focus to go.
        max_nodes: a picture of more boxes than this is folded until it fits, and says so.
        grad: the gradient that arrives at each output, if it is not a scalar.
        model: anything with ``named_parameters()``: those that the outputs do not depend on are shown too, as NO GRAD.
        tiny: a leaf's gradient with a smaller root mean square (RMS) is flagged VANISHING.
        huge: one with a larger RMS is flagged EXPLODING.
        many: the share of a layer's units that are off, or elements that are saturated, from which on it is flagged.

    Returns:
        A Drawing: ``.save("graph.svg")``, or the last line of a notebook's cell.

    Raises:
        GraphError: an output that does not require grad.
        FormatError: a direction or a word in ``show`` that there is not, or a number that is too small.
        SelectionError: a focus that is not in the graph, or a module to fold that is not.

    Example:
        >>> import autograd_core as ag
        >>> x, y, z = (ag.tensor(v, requires_grad=True, name=n) for v, n in ((-2.0, "x"), (5.0, "y"), (-4.0, "z")))
        >>> draw((x + y) * z).source.count("->")  # five values, each drawn to its wire and from it to its user
        10
    """
    shown = {show} if isinstance(show, str) else set(show)
    if direction not in ("LR", "TB"):
        raise FormatError(f"draw: direction={direction!r}; a drawing goes \"LR\" or \"TB\".")
    if unknown := shown - set(SHOW):
        raise FormatError(f"draw: show has {sorted(unknown)}; a drawing can show {', '.join(map(repr, SHOW))}.")
    for name, number, least in (("depth", depth, 0), ("radius", radius, 0), ("max_nodes", max_nodes, 4)):
        if number is not None and number < least:
            raise FormatError(f"draw: {name}={number}; expected at least {least}.")
    graph = ag.graph(outputs, grad, diagnose="flags" in shown)
    view = picture(graph, flags_of(graph, tiny=tiny, huge=huge, many=many) if "flags" in shown else {})
    if _is_freed(graph):
        view = replace(view, remarks=(*view.remarks, _FREED))
    if model is not None:
        view = with_unreached(view, graph, model)
    centre = None if focus is None else focused(view, graph, focus)
    closed = chosen_modules(view, fold)
    if depth is not None or closed:
        view = fold_calls(view, lambda call: call.path in closed or (depth is not None and call.level >= depth))
    if repeats:
        view = merge_repeats(view)
    for kind in (Kind.PARAMETER, Kind.CONSTANT):
        view = view if f"{kind.value}s" in shown else without(view, kind)
    if centre is not None:
        view = around(view, centre, radius)
    view = apart(fitted(view, max_nodes, repeats))
    return Drawing(to_dot(view, title=title, direction=direction, show=shown))


def _is_freed(graph: Graph) -> bool:
    """Whether some gradients are known, and others are not."""
    gradients = [vertex.gradient for vertex in graph.vertices]
    unknown = [g is None or (g.rms is None and 0 not in g.shape) for g in gradients]
    return any(unknown) and any(gradients)
