"""``tree``: a model or a computation as text, in colours where there are some."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import autograd_core as ag
from autograd_core.debugging.symptoms import HUGE, TINY
from autograd_core.errors import DTypeError
from autograd_core.graph import Graph

from .drawing import draw
from .outlines.inventory import inventory
from .outlines.listing import Line, laid_out, plain_text
from .pictures.options import check_limits, check_repeats, check_sizes

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text


@dataclass(frozen=True)
class Tree:
    """Lines to be read: ``tree.show()`` in a terminal, ``print(tree)`` or ``str(tree)`` for plain text anywhere.

    ``rich.print(tree)``, and whatever else prints with rich, has the colours, too. They say nothing that the words
    do not.
    """

    lines: tuple[Line, ...] = field(repr=False)

    def show(self) -> None:
        """Print it: in colours if this is a terminal and rich is installed, else as plain text."""
        if _in_a_terminal():
            try:
                from rich.console import Console
            except ImportError:
                pass
            else:
                Console().print(self)
                return
        print(repr(self))

    def __str__(self) -> str:
        return plain_text(self.lines)

    def __repr__(self) -> str:
        """The text, no wider than the terminal if this is one."""
        return plain_text(self.lines, shutil.get_terminal_size().columns if _in_a_terminal() else None)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from rich.text import Text

        for row in laid_out(self.lines, options.max_width):
            yield Text.assemble(*((cell.text, cell.style) for cell in row), overflow="fold")


def tree(model_or_output: Any, *, depth: int | None = None, repeats: bool | None = None, max_nodes: int = 400,
         tiny: float = TINY, huge: float = HUGE) -> Tree:
    """Show a model, or a computation, as lines of text.

    Of a **model**, each module, parameter and buffer with its shape, the range of its values, the root mean square
    (RMS) of its ``.grad`` with a bar for the order of magnitude, and flags. What is frozen or shared says so, and where
    the gradient is exactly 0.

    Of an **output**, what was recorded, in the order of computation: each operation with where its operands come from,
    its value, its gradient and its flags, within the calls of modules. It is what ``viz.draw`` shows, and its
    ``Drawing.text``. A ``?`` is a gradient that is not known, which is not the same as 0.

    Args:
        model_or_output: anything with ``named_parameters()`` or ``named_modules()``; or a Tensor that requires grad,
            or several, or a snapshot from ``ag.graph``.
        depth: how many levels of modules to open; those below are folded. None for all.
        repeats: True shows sibling modules of equal structure once, marked ``× 12``, with what all of them together
            are like, and False never does; None does if more would have to be folded otherwise.
        max_nodes: a tree of more lines is folded until it fits, and says so; and if it does not fit then.
        tiny: a parameter's or input's gradient with a smaller RMS is flagged VANISHING.
        huge: one with a larger RMS is flagged EXPLODING.

    Returns:
        A Tree, which prints.

    Raises:
        DTypeError: neither a model nor Tensors.
        GraphError: an output that does not require grad.
        OptionError: a number that is too small, or ``tiny`` above ``huge``, or another ``repeats``.

    Example:
        >>> import autograd_core as ag, nn
        >>> x, y, z = (ag.tensor(v, requires_grad=True, name=n) for v, n in ((-2.0, "x"), (5.0, "y"), (-4.0, "z")))
        >>> tree((x + y) * z)
        input x       -2   grad -4
        input y       5    grad -4
        v3 = x + y    3    grad -4
        input z       -4   grad 3
        out = v3 * z  -12  grad 1
        output out
        >>> tree(nn.Linear(3, 2, rng=0))
        Linear              8 parameters
          parameter weight  (2, 3) float32  -0.56 .. 0.48  grad ?
          parameter bias    (2,) float32    0.12 .. 0.26   grad ?
    """
    check_repeats("tree", repeats)
    check_sizes("tree", depth=depth, max_nodes=max_nodes)
    check_limits("tree", tiny=tiny, huge=huge)
    if hasattr(model_or_output, "named_parameters") or hasattr(model_or_output, "named_modules"):
        return Tree(inventory(model_or_output, depth=depth, repeats=repeats, max_nodes=max_nodes, tiny=tiny,
                              huge=huge))
    if not _is_drawable(model_or_output):
        raise DTypeError("tree: expected a model, with named_parameters() or named_modules(), or a Tensor or several; "
                         f"got {type(model_or_output).__name__}.")
    return Tree(draw(model_or_output, depth=depth, repeats=repeats, max_nodes=max_nodes, tiny=tiny, huge=huge).outline)


def _in_a_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()  # None: it is closed


def _is_drawable(outputs: Any) -> bool:
    several = isinstance(outputs, Sequence) and len(outputs) > 0 and all(isinstance(y, ag.Tensor) for y in outputs)
    return several or isinstance(outputs, (ag.Tensor, Graph))
