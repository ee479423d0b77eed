"""``python -m viz FILE.py:FUNCTION``: a picture of a function that somebody wrote, as it is."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import dropwhile
from pathlib import Path
from traceback import FrameSummary, TracebackException
from typing import Any

import autograd_core as ag
from autograd_core.errors import AutogradError, OptionError, SelectionError

from ..drawing import FORMATS, draw, picture_format
from ..errors import FormatError
from ..explorer import explore
from .arguments import UsageError, arguments_of, plain_ints
from .calling import CallError, call, chosen, load, tensors

_OURS = [Path(ag.__file__).parents[1] / package for package in ("autograd_core", "nn", "optim")]
_EXAMPLES = """\
values:
  x=-2  'x=[1,2.5]'      a number or a list, as a tensor that requires grad and is called x
  'X=normal(32,10)'      a random array; also uniform, zeros and ones
  n=3                    stays a plain number if the parameter's annotation or default is an int
  What is not given keeps its default; one of floats, also a list or an array, becomes such a tensor, too.

examples:
  python -m viz circuit.py:f x=-2 y=5 z=-4
  python -m viz net.py:loss 'X=normal(32,10)' --seed 1 -o loss.png --depth 1
  python -m viz net.py:loss 'X=normal(32,10)' -o loss.html      a page to explore, with the backward pass step by step

exit status: 0 drawn, 1 the function or the drawing failed, 2 not understood
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw what the command line asks for.

    Args:
        arguments: without the program's name; by default those of this process.

    Returns:
        The exit status: 0, or 1 if the function or the drawing failed.

    Raises:
        SystemExit: with 2, what was asked for was not understood, and that has been printed.
    """
    parser = _parser()
    asked = parser.parse_intermixed_args(arguments)
    try:
        path = _write(asked)
    except CallError as error:
        _show(error.raised, error.path)
        return 1
    except (UsageError, FormatError, OptionError, SelectionError) as error:
        parser.error(_for_shells(str(error)))
    except (AutogradError, OSError) as error:
        print(f"{parser.prog}: {_for_shells(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # as shells have it
    _say(f"wrote {path}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m viz", epilog=_EXAMPLES, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,  # the examples keep their lines
        description="Draw what a function computes: values and gradients on every wire. The file is not changed.")
    add = parser.add_argument
    add("target", metavar="FILE.py:FUNCTION", help="what to draw: what a function returns, or a variable, a Tensor")
    add("values", metavar="name=value", nargs="*", default=[], help="for the function's parameters")
    add("-o", "--output", metavar="PATH", type=Path, help=f"{', '.join(FORMATS)}; by default FUNCTION.svg")
    add("--seed", type=_seed, default=0, help="of random arrays (0)")
    add("--title", help="a headline")
    add("--direction", choices=("LR", "TB"), default="LR", help="from left to right, or from top to bottom (LR)")
    add("--depth", type=int, help="levels of modules to open (all)")
    add("--max-nodes", type=int, default=400, help="fold a picture of more boxes (400)")
    parts = parser.add_argument_group("not for .html, which shows all there is")
    parts.add_argument("--fold", action="append", metavar="MODULE", help="fold a module, or 'encoder.*'; repeatable")
    parts.add_argument("--focus", metavar="NAME", help="only what is near a tensor, module or parameter")
    parts.add_argument("--radius", type=int, metavar="WIRES", help="how near (2)")
    parts.add_argument("--show", metavar="WORDS", help="of values,gradients,shapes,constants,parameters,flow,flags")
    return parser


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 on")
    return int(text)


def _write(asked: argparse.Namespace) -> Path:
    file, _, name = asked.target.rpartition(":")
    if not file:
        file, name = asked.target, ""
    target = Path(file)
    path: Path = asked.output or Path(f"{name or 'picture'}.svg")
    page = picture_format(path) == "html"
    parts = {word: getattr(asked, word) for word in ("fold", "focus", "radius", "show")}
    parts = {word: part for word, part in parts.items() if part is not None}
    if page and parts:
        raise UsageError(f"--{next(iter(parts))} is not for .html: the page itself folds, searches and zooms.")
    if "show" in parts:
        parts["show"] = [word for word in asked.show.split(",") if word]

    with ag.debug_mode() if page else nullcontext():  # so that the page has the lines of code
        outputs, summed = _outputs(target, name, _typed(asked.values), asked.seed)
        title = f"{asked.title or name}: gradients of the sum of all elements" if summed else asked.title
        common = {"title": title, "direction": asked.direction, "depth": asked.depth,
                  "max_nodes": asked.max_nodes}
        return explore(outputs, path, **common) if page else draw(outputs, **common, **parts).save(path)


def _typed(values: Sequence[str]) -> dict[str, str]:
    typed: dict[str, str] = {}
    for each in values:
        name, equals, text = each.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"{each!r} is no name=value, such as x=-2.")
        if name in typed:
            raise UsageError(f"{name} was given twice.")
        typed[name] = text
    return typed


def _outputs(path: Path, name: str, typed: dict[str, str], seed: int) -> tuple[list[ag.Tensor], bool]:
    """The scalars to draw, and whether there are sums among them that the function itself does not take."""
    target = f"{path}:{name}"
    asked = chosen(load(path), name, path)
    if isinstance(asked, ag.Tensor):
        if typed:
            raise UsageError(f"{target} is a Tensor, which takes no values.")
        result, ints = asked, []
    else:
        bound = arguments_of(asked, typed, target, seed)
        result = call(asked, bound, path)
        ints = plain_ints(bound)
    found = list({id(tensor): tensor for tensor in tensors(result)}.values())
    outputs = [tensor for tensor in found if tensor.requires_grad]
    if not outputs:
        raise UsageError(_why_not(target, result, found))
    if ints:
        print(f"note: {', '.join(ints)}: an int stays a plain number. For its gradient write {ints[0]}.0; if it is a "
              f"count, annotate it, {ints[0].partition('=')[0]}: int.", file=sys.stderr)
    return [tensor if tensor.size == 1 else _summed(tensor) for tensor in outputs], any(y.size != 1 for y in outputs)


def _summed(tensor: ag.Tensor) -> ag.Tensor:
    total = tensor.sum()
    if tensor.name:
        total.name = f"sum({tensor.name})"
    return total


def _why_not(target: str, result: Any, found: list[ag.Tensor]) -> str:
    """Why there is no graph behind a result, and what to do."""
    if result is None:
        return f"{target} returned nothing: let it return the Tensor that was computed."
    gave = "returned a Tensor that does not require grad" if found else f"returned {type(result).__name__}, no Tensor"
    return (f"{target} {gave}: there is no graph to draw. A graph begins at parameters with float values: x=-2.0 as a "
            "default, or typed; where the default is an int, such as x=-2, x stays one. It ends where numbers are "
            "taken out: use np.exp for math.exp, and no float(), .item(), .numpy() or ag.no_grad(). Return the Tensor "
            "that was computed.")


def _show(error: BaseException, path: Path) -> None:
    """Print a traceback without our frames: those before the file's, and those in which an error of ours was raised."""
    report = TracebackException.from_exception(error)
    frames = list(dropwhile(lambda frame: frame.filename != str(path), report.stack))
    while isinstance(error, AutogradError) and frames and _is_ours(frames[-1]):
        frames.pop()
    report.stack[:] = frames
    report.print()


def _is_ours(frame: FrameSummary) -> bool:
    return any(Path(frame.filename).is_relative_to(package) for package in _OURS)


def _for_shells(message: str) -> str:
    """A message of ``draw`` for who typed a command: with ``--max-nodes 3`` instead of ``max_nodes=3``."""
    message = re.sub(r"^(viz|draw|explore|save): ", "", message)
    return re.sub(r"\b(depth|direction|focus|fold|max_nodes|radius|show)=([^\s,)])?",
                  lambda found: f"--{found[1].replace('_', '-')}" + (f" {found[2]}" if found[2] else ""), message)


def _say(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:  # nobody reads, as in "| true"; Python would complain once more when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
