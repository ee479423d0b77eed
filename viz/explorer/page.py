"""``explore``: from the result of a computation to one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from itertools import count
from pathlib import Path
from typing import Any, Literal

import autograd_core as ag
from autograd_core.collector import collector_paused
from autograd_core.debugging import site_of
from autograd_core.debugging.symptoms import HUGE, MANY, TINY
from autograd_core.errors import MissingExtraError
from autograd_core.files import write_whole
from autograd_core.graph import Graph

from ..drawing import remarks_on
from ..errors import FormatError, RendererError
from ..looks.text import TOOLTIP_LIMIT, clean
from ..pictures.captions import SHOW
from ..pictures.flags import flags_of
from ..pictures.options import check_drawing, check_limits, check_model, check_outputs, check_path
from ..pictures.picture import Picture, picture
from ..pictures.unreached import unreached, with_unreached
from .formulas import Letters, tell
from .rows import COLUMNS, rows, unreached_rows
from .steps import backward_steps, nodes_of
from .views import View, views

_FIRST_SCRIPT = 'document.documentElement.classList.add("script")'  # before anything is laid out
_SCRIPTS = ("viewport.js", "views.js", "stepper.js", "node.js", "search.js", "theme.js", "page.js")


@collector_paused()
def explore(outputs: ag.Tensor | Sequence[ag.Tensor], path: str | Path = "explore.html", *, title: str | None = None,
            direction: Literal["LR", "TB"] = "LR", depth: int | None = None, max_nodes: int = 400, grad: Any = None,
            model: Any = None, tiny: float = TINY, huge: float = HUGE, many: float = MANY) -> Path:
    """Write a page in which a graph can be explored, and its backward pass be walked through step by step.

    One file, which loads nothing. It pans, zooms, searches, folds and unfolds modules, all of a depth or one by one;
    shows of every operation the value, gradient, options, operands, users and (recorded under ``ag.debug_mode()``) the
    line of code; and steps through the real order of the backward pass: local derivative times what arrives, and where
    gradients add up. Without JavaScript it is the drawing, the steps as a list, and a table.

    Args:
        outputs: a Tensor or several, that require grad. For the steps, call this before ``backward()``, or after
            ``backward(retain_graph=True)``.
        path: ends in ``.html``. Missing folders are made.
        title: a headline.
        direction: ``"LR"`` to draw from left to right, ``"TB"`` from top to bottom (value left, gradient right).
        depth: how many levels of modules are open at first; None for as many as can be read at once.
        max_nodes: the most boxes in a drawing; what is more is folded. The table and the steps have all.
        grad: the gradient that arrives at the output, if it is not a scalar; for several, a list with one for each
            (None for a scalar's own 1).
        model: anything with ``named_parameters()``: those that the outputs do not depend on are shown too, as NO GRAD.
        tiny: a leaf's gradient with a smaller root mean square (RMS) is flagged VANISHING.
        huge: one with a larger RMS is flagged EXPLODING.
        many: the share of a layer's units that are off, or elements that are saturated, from which on it is flagged.

    Returns:
        The path.

    Raises:
        GraphError: an output that does not require grad.
        ShapeError: a ``grad`` of another shape than an output.
        DTypeError: anything but Tensors, or an option of another type.
        FormatError: another suffix, a direction that there is not, or a snapshot.
        OptionError: a number that is too small, or thresholds that contradict each other.
        MissingExtraError: jinja2 is not installed.
        RendererError: there is no Graphviz, or it failed. The page was written, without the drawing.

    Example:
        >>> import tempfile, autograd_core as ag
        >>> x = ag.tensor(3.0, requires_grad=True, name="x")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     explore(x * x, f"{folder}/square.html").name
        'square.html'
    """
    check_path("explore", path)
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise FormatError(f"explore: {path.name!r} ends in {path.suffix!r}; a page is .html.")
    check_drawing("explore", SHOW, direction, title=title, depth=depth, max_nodes=max_nodes)
    check_limits("explore", tiny=tiny, huge=huge, many=many)
    check_outputs("explore", outputs, grad)
    check_model("explore", model)
    if isinstance(outputs, Graph):
        raise FormatError("explore: a snapshot has no backward pass to step through; pass the tensors themselves.")
    graph = ag.graph(outputs, grad, diagnose=True)
    flags = flags_of(graph, tiny=tiny, huge=huge, many=many)
    whole = replace(picture(graph, flags), remarks=tuple(remarks_on(graph)))
    letters = Letters(graph, _names(graph, whole), weighted=grad is not None)
    steps = tell(backward_steps(outputs, grad), graph, letters)
    table = rows(graph, whole, letters, [site_of(node) for node in nodes_of(outputs)])
    if model is not None:
        whole = _numbered(with_unreached(whole, graph, model), len(graph.vertices))
        table += unreached_rows(unreached(graph, model), len(graph.vertices))
    drawn: list[View] = []
    legend = None
    failure = None
    try:
        drawn, legend = views(whole, max_nodes, direction)
    except RendererError as error:
        failure = error
    page = _page(title=clean(title or "Computation graph", TOOLTIP_LIMIT), views=drawn, legend=legend, failure=failure,
                 start=None if depth is None else min(depth, sum(not view.single for view in drawn) - 1), steps=steps,
                 columns=COLUMNS, rows=table)
    write_whole(path, page.encode())
    if failure is not None:
        raise RendererError(f"{failure} explore wrote {path} without the drawing.") from failure
    return path


def _names(graph: Graph, whole: Picture) -> dict[int, str]:
    """The names of parameters, with the paths of the modules that they are in."""
    boxes = {box.id: box for box in whole.boxes}
    leaves = [(vertex.id, boxes[f"v{vertex.id}"]) for vertex in graph.vertices if vertex.name and vertex.op is None]
    return {id: f"{box.module}.{box.text}".lstrip(".") for id, box in leaves}


def _numbered(whole: Picture, start: int) -> Picture:
    """With ids for the parameters at its end that are no vertices, as if they were: they have rows, too."""
    numbers = count(start)
    return replace(whole, boxes=tuple(replace(box, id=f"v{next(numbers)}") if box.id.startswith("unreached") else box
                                      for box in whole.boxes))


def _page(**content: Any) -> str:
    """Fill in the template; what is filled in is escaped, but for the SVG and our own scripts and styles."""
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError("explore", "jinja2", "html") from error
    environment = jinja2.Environment(loader=jinja2.PackageLoader(__package__), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    style, script = _static("page.css"), "".join(map(_static, _SCRIPTS))
    policy = _policy(style, _FIRST_SCRIPT, script)
    return environment.get_template("page.html").render(
        policy=policy, style=style, first_script=_FIRST_SCRIPT, script=script, **content)


def _static(name: str) -> str:
    return resources.files(__package__).joinpath("static", name).read_text("utf-8")


def _policy(style: str, *scripts: str) -> str:
    """A Content-Security-Policy: load nothing, and run nothing but these."""
    return (f"default-src 'none'; script-src {' '.join(map(_digest, scripts))}; style-src {_digest(style)}; "
            f"img-src data:; base-uri 'none'; form-action 'none'")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
