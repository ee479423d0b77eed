"""``draw``: from the result of a computation to a picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import autograd_core as ag

from .dot import to_dot
from .errors import FormatError
from .files import write_whole
from .picture import picture
from .render import render


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
            path: ends in ``.svg``, ``.png`` or ``.gv`` (DOT source, needs no renderer). Missing folders are made.

        Returns:
            The path.

        Raises:
            FormatError: another suffix.
            RendererError: there is no Graphviz, or it failed; nothing was written.

        Example:
            >>> import tempfile, autograd_core as ag
            >>> x = ag.tensor(3.0, requires_grad=True, name="x")
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     draw(x * x).save(f"{folder}/square.svg").name
            'square.svg'
        """
        path = Path(path)
        format = path.suffix.lower().removeprefix(".")
        if format not in ("svg", "png", "gv"):
            raise FormatError(f"save: {path.name!r} ends in {path.suffix!r}; a drawing can be .svg, .png or .gv.")
        return write_whole(path, self.source.encode() if format == "gv" else render(self.source, format))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What notebooks show."""
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Drawing: {len(self.source):,} characters of DOT>"


def draw(outputs: ag.Tensor | Sequence[ag.Tensor], *, title: str | None = None,
         direction: Literal["LR", "TB"] = "LR") -> Drawing:
    """Draw what was computed: every value above its wire in green, and its gradient below in red.

    Numbers are written as such. Larger arrays show shape, dtype, mean ± std and the gradient's rms, and the wires'
    colour and width follow its order of magnitude. A ``?`` is a gradient that is not known, which is not the same
    as 0. Pointing at a number shows it in full precision.

    Args:
        outputs: a Tensor or several, that require grad. ``backward()`` may have been called or not; what it freed
            of large arrays is no longer shown.
        title: a headline.
        direction: ``"LR"`` to draw from left to right, ``"TB"`` from top to bottom (value left, gradient right).

    Returns:
        A Drawing: ``.save("graph.svg")``, or the last line of a notebook's cell.

    Raises:
        GraphError: an output that does not require grad.
        FormatError: another direction.

    Example:
        >>> import autograd_core as ag
        >>> x, y, z = (ag.tensor(v, requires_grad=True, name=n) for v, n in ((-2.0, "x"), (5.0, "y"), (-4.0, "z")))
        >>> draw((x + y) * z).source.count("->")  # five values, each drawn to its wire and from it to its user
        10
    """
    if direction not in ("LR", "TB"):
        raise FormatError(f"draw: direction={direction!r}; a drawing goes \"LR\" or \"TB\".")
    return Drawing(to_dot(picture(ag.graph(outputs)), title=title, direction=direction))
