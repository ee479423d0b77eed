"""``draw``: from the result of a computation to a picture of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import autograd_core as ag
from autograd_core.collector import collector_paused
from autograd_core.debugging.symptoms import HUGE, MANY, TINY
from autograd_core.files import write_whole
from autograd_core.graph import Graph

from .errors import FormatError, RendererError
from .looks.dot import to_dot
from .looks.html_page import described, page
from .looks.look import Look
from .looks.ordinary import ordinary_look
from .looks.render import render
from .looks.text import TOOLTIP_LIMIT, clean
from .outlines.listing import Line, plain_text
from .outlines.outline import outline
from .pictures.arranging import arranged
from .pictures.captions import SHOW
from .pictures.choosing import Focus, Folding
from .pictures.flags import flags_of
from .pictures.options import check_drawing, check_limits, check_model, check_outputs, check_path
from .pictures.picture import Picture, picture
from .pictures.unreached import with_unreached

FREED = "Not all is known: backward() has freed this graph. Draw before it, or after backward(retain_graph=True)."
FORMATS = (".svg", ".png", ".pdf", ".html", ".txt", ".gv")


@dataclass(frozen=True)
class Drawing:
    """A graph, ready to be looked at: saved as a file, shown by a notebook, or read as DOT or as text."""

    source: str  # DOT
    outline: tuple[Line, ...] = field(repr=False)  # the same in words
    title: str = "Computation graph"

    @staticmethod
    def of(picture: Picture, look: Look, *, title: str | None = None, direction: str = "LR") -> Drawing:
        """Draw a picture, and put it into words.

        Args:
            picture: what to show.
            look: what stands on its wires and boxes.
            title: a headline, or None.
            direction: ``"LR"`` or ``"TB"``.

        Returns:
            A Drawing.
        """
        source, words = to_dot(picture, look, title=title, direction=direction), outline(picture, look, title)
        return Drawing(source, words, clean(title, TOOLTIP_LIMIT)) if title else Drawing(source, words)

    @property
    def text(self) -> str:
        """The picture in words: a line for each box, in the order of computation, with all that is drawn.

        For who cannot see it, and where there is no Graphviz. An operation says where its operands come from.

        Example:
            >>> import autograd_core as ag
            >>> x, y = (ag.tensor(v, requires_grad=True, name=n) for v, n in ((-2.0, "x"), (5.0, "y")))
            >>> print(draw(ag.exp(x) * y).text)
            input x       -2    grad 0.68
            v2 = exp(x)   0.14  grad 5
            input y       5     grad 0.14
            out = v2 * y  0.68  grad 1
            output out
        """
        return plain_text(self.outline)

    def svg(self) -> str:
        """The picture as an ``<svg>`` element, to be put into a page. It has the words, too, as its description.

        Returns:
            XML, without the declaration that a file begins with.

        Raises:
            RendererError: there is no Graphviz, or it failed.
        """
        file = self._svg_file()
        return file[file.index("<svg") :]

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file, whole or not at all.

        Args:
            path: ends in ``.svg``, ``.png``, ``.pdf`` (if the installed Graphviz can), ``.html`` (a page with the
                SVG and the words), or, which need no renderer, ``.txt`` (the words) or ``.gv`` (DOT source). Missing
                folders are made.

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
        check_path("save", path)
        path = Path(path)
        format = picture_format(path)
        try:
            data = self._file(format)
        except RendererError as error:
            raise RendererError(f"{error} {path.name} was not written{self._source_instead_of(path)}") from error
        return write_whole(path, data)

    def _source_instead_of(self, path: Path) -> str:
        """Leave at least the DOT source, and say where it is."""
        source = path.with_name(f"{path.name}.gv")
        try:
            write_whole(source, self.source.encode())
        except OSError as error:
            return f", nor was its DOT source: {error}."
        return f", but its DOT source was: {source}."

    def _file(self, format: str) -> bytes:
        match format:
            case "gv":
                return self.source.encode()
            case "txt":
                return f"{self.text}\n".encode()
            case "html":
                return page(self.title, self.svg(), self.text).encode()
            case "svg":
                return self._svg_file().encode()
        return render(self.source, format)

    def _svg_file(self) -> str:
        return described(render(self.source, "svg").decode(), self.title, self.text)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What notebooks show: the picture, or at least the words."""
        try:
            return {"image/svg+xml": self.svg(), "text/plain": self.text}
        except RendererError as error:
            return {"text/plain": f"{error}\n\n{self.text}"}

    def __repr__(self) -> str:
        return f"<Drawing: {len(self.source):,} characters of DOT>"


def picture_format(path: Path) -> str:
    """What kind of file a drawing is to be saved as.

    Args:
        path: of the file.

    Returns:
        Its suffix in small letters, without the dot.

    Raises:
        FormatError: there is no such kind.
    """
    if path.suffix.lower() not in FORMATS:
        known = f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
        raise FormatError(f"save: {path.name!r} ends in {path.suffix!r}; a drawing can be {known}.")
    return path.suffix.lower().removeprefix(".")


@collector_paused()
def draw(outputs: ag.Tensor | Sequence[ag.Tensor] | Graph, *, title: str | None = None,
         direction: Literal["LR", "TB"] = "LR", depth: int | None = None, fold: Folding = (),
         repeats: bool | None = None, show: Iterable[str] = SHOW, focus: Focus | None = None, radius: int = 2,
         max_nodes: int = 400, grad: Any = None, model: Any = None, tiny: float = TINY, huge: float = HUGE,
         many: float = MANY) -> Drawing:
    """Draw what was computed: every value above its wire in green, and its gradient below in red.

    Numbers are written as such. Larger arrays show shape, dtype, mean ± std and the gradient's rms, and the wires'
    colour and width follow its order of magnitude. A ``?`` is what is not known, which is not the same as 0.
    Pointing at a number shows it in full precision.

    Calls of modules are frames; a folded one is a box that says what it holds, and the wires across its border are
    merged, with their number (``3×``) where there are several, and the range of their gradients' rms where those are
    more than ten times apart. A parameter that several modules use has the path of the first, and names the others.

    Flags say what is wrong, with an icon, a word and a border: VANISHING and EXPLODING (a leaf's gradient), DEAD RELU,
    SATURATED, NaN/INF (where it was made; the first operation to do so is marked), NO GRAD and DETACHED. They agree
    with ``ag.explain``. A folded module has the worst of those inside, and their number. The legend has the thresholds.

    Args:
        outputs: a Tensor or several, that require grad; of several, gradients are summed. ``backward()``
            may have been called or not; what it freed of large arrays is no longer shown. Or a snapshot, from
            ``ag.graph(outputs, diagnose=True)``; without ``diagnose``, only the flags that gradients tell are in it.
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
        grad: the gradient that arrives at the output, if it is not a scalar; for several, a list with one for each
            (None for a scalar's own 1).
        model: anything with ``named_parameters()``: those that the outputs do not depend on are shown too, as NO GRAD.
        tiny: a leaf's gradient with a smaller root mean square (RMS) is flagged VANISHING.
        huge: one with a larger RMS is flagged EXPLODING.
        many: the share of a layer's units that are off, or elements that are saturated, from which on it is flagged.

    Returns:
        A Drawing: ``.save("graph.svg")``, or the last line of a notebook's cell.

    Raises:
        GraphError: an output that does not require grad.
        ShapeError: a ``grad`` of another shape than an output.
        DTypeError: anything but Tensors, or an option of another type.
        FormatError: a direction or a word in ``show`` that there is not.
        OptionError: a number that is too small, or thresholds that contradict each other.
        SelectionError: a focus that is not in the graph, or a module to fold that is not.

    Example:
        >>> import autograd_core as ag
        >>> x, y, z = (ag.tensor(v, requires_grad=True, name=n) for v, n in ((-2.0, "x"), (5.0, "y"), (-4.0, "z")))
        >>> draw((x + y) * z).source.count("->")  # five values, each drawn to its wire and from it to its user
        10
    """
    shown = check_drawing("draw", show, direction, title=title, repeats=repeats, depth=depth, radius=radius,
                           max_nodes=max_nodes)
    check_limits("draw", tiny=tiny, huge=huge, many=many)
    check_outputs("draw", outputs, grad)
    check_model("draw", model)
    if isinstance(outputs, Graph) and grad is not None:
        raise FormatError("draw: grad= is for outputs; a snapshot has its gradients: ag.graph(outputs, grad).")
    graph = outputs if isinstance(outputs, Graph) else ag.graph(outputs, grad, diagnose="flags" in shown)
    view = picture(graph, flags_of(graph, tiny=tiny, huge=huge, many=many) if "flags" in shown else {})
    view = replace(view, remarks=(*view.remarks, *remarks_on(graph)))
    if model is not None:
        view = with_unreached(view, graph, model)
    view = arranged("draw", view, graph, depth=depth, fold=fold, repeats=repeats, show=shown, focus=focus,
                    radius=radius, max_nodes=max_nodes)
    return Drawing.of(view, ordinary_look(view, shown), title=title, direction=direction)


def remarks_on(graph: Graph) -> list[str]:
    """What has to be said of the gradients in a picture: that some were freed, or of what they are.

    Args:
        graph: that is drawn.

    Returns:
        Sentences, if there is something to say.
    """
    gradients = [vertex.gradient for vertex in graph.vertices]
    unknown = [gradient is None or not gradient.known for gradient in gradients]
    outputs = [vertex.gradient for vertex in graph.vertices if vertex.is_output]
    remarks = [FREED] if any(gradients) and any(unknown) else []
    if len(outputs) > 1 and all(outputs):
        remarks.append(f"Gradients are summed over the {len(outputs):,} outputs.")
    return remarks
