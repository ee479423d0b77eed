"""docs/mutants.md, from the rows of a survey."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Any

import survivors
from alarms import Alarm
from asking import CHECKS, Row

HEAD = """\
# Wrong engines

Written by `make mutants`. Do not edit: the explanations are in `tests/mutants/survivors.py`.

How good is [`gradcheck`](../autograd_core/testing/checking.py)? We break the engine on purpose and count what it says.
A *mutant* is one operator (a way to be wrong) on one derivative rule of one primitive, as seen from one function of the
table that uses it; or on the walk that adds gradients up. Rules are swapped at run time and put back.

- Every function is called as its declared domain asks, then with a 0, a 1, a -1, with ties, and in float32.
- A mutant that gives the right first and second derivatives on all of these calls, up to rounding, is *equivalent* (a
  transposed row is a row, a rule without a sum has no term to lose), and is not counted; nor is another right choice at
  a kink: one in the convex hull of the gradients nearby. Rounding is measured, by moving the inputs an ulp.
- A mutant that raises an error of its own accord needs no checker, and is not counted either.
- *Caught* means that gradcheck, as it comes, fails on some call where the mutant is wrong. *By one check* is the share
  of single checks that fail, among the first {checks} such calls of every mutant: what who checks once can expect.
- Intervals are Wilson's, 95 %. *Held out* are operators that the checker was developed without knowing. Seeds are used
  nowhere else.
- Functions with rules of their own are examined in full; of the rules inside compositions, a share drawn once.
"""

GROUPS = (
    ("sign", lambda r: r.operator == "sign"),
    ("zero", lambda r: r.operator == "zero"),
    ("missing term", lambda r: r.operator.startswith("missing term")),
    ("transpose", lambda r: r.operator == "transpose"),
    ("missing accumulation", lambda r: r.operator.startswith("missing accumulation")),
    ("all held out", lambda r: r.held_out),
    ("all", lambda r: True),
)


def wilson(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927).

    Example:
        >>> wilson(10, 10)
        (0.7224..., 1.0)
    """
    if trials == 0:
        return 0.0, 1.0
    p, shrink = successes / trials, 1 + z * z / trials
    middle = (p + z * z / (2 * trials)) / shrink
    half = z * sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials)) / shrink
    return max(0.0, middle - half), min(1.0, middle + half)


def share(successes: int, trials: int) -> str:
    if trials == 0:
        return "–"
    low, high = wilson(successes, trials)
    return f"{percent(successes / trials)} ({percent(low)}–{percent(high)})"


def percent(p: float) -> str:
    """Rounded down, so that 100 means all."""
    return "100" if p == 1 else f"{int(p * 10000) / 100:.2f}".rstrip("0").rstrip(".")


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '∣') for cell in line)} |" for line in lines) + "\n"


def line(name: str, rows: list[Row]) -> tuple[Any, ...]:
    real = [r for r in rows if r.verdict in ("caught", "survived")]
    caught = sum(r.verdict == "caught" for r in real)
    return (name, len(real), caught, share(caught, len(real)),
            share(sum(r.counted_caught for r in real), sum(r.counted for r in real)),
            *(sum(r.verdict == verdict for r in rows) for verdict in ("equivalent", "loud")))


MUTANTS = ("", "Mutants", "Caught", "Share, %", "By one check, %", "Equivalent", "Raise")


def text(rows: list[Row], checks: list[Alarm]) -> str:
    """The whole page."""
    operators: dict[str, list[Row]] = {}
    for row in rows:
        operators.setdefault(row.operator, []).append(row)
    parts = [HEAD.format(checks=CHECKS), "## In short\n",
             table(MUTANTS, [line(name, [r for r in rows if fits(r)]) for name, fits in GROUPS])]
    for held_out, title in ((False, "known to the checker's authors"), (True, "held out")):
        parts += [f"## By operator: {title}\n", table(("Operator", *MUTANTS[1:]), [
            line(name, found) for name, found in operators.items() if found[0].held_out == held_out])]
    parts += ["## Survivors\n", survived(rows), "## False alarms\n", false_alarms(checks),
              "## Other recipes\n", others(rows, checks)]
    return "\n".join(parts)


def survived(rows: list[Row]) -> str:
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.verdict == "survived":
            found.setdefault(survivors.why(row) or "Not explained.", []).append(row)
    if not found:
        return "None.\n"
    return "\n".join(
        f"**{len(some)}**: {why}\n\n" + table(("Operator", "Rules"), [
            (name, ", ".join(f"`{r.rule}` in `{r.entry}`" for r in some if r.operator == name))
            for name in dict.fromkeys(r.operator for r in some)]) for why, some in found.items())


def false_alarms(checks: list[Alarm]) -> str:
    asked = [a for a in checks if not a.unfair]
    kinds = dict.fromkeys(a.kind for a in checks)
    rows = []
    for kind in [*kinds, "all"]:
        some = [a for a in asked if kind in (a.kind, "all")]
        alarmed = [a for a in some if a.said]
        rows.append((kind, len(some), len(alarmed), share(len(alarmed), len(some)),
                     ", ".join(f"`{name}` {n}" for name, n in Counter(a.entry for a in alarmed).most_common(8))))
    reasons = Counter(a.unfair for a in checks if a.unfair)
    skipped = "; ".join(f"{n} times {reason}" for reason, n in reasons.most_common())
    return (
        "The same question the other way round: the right engine, asked in every way. Not asked: "
        f"{skipped or 'nothing'}.\n\n" + table(("Inputs", "Checks", "Alarms", "Share, %", "Of"), rows)
    )


def others(rows: list[Row], checks: list[Alarm]) -> str:
    judged = [r for r in rows if r.peers]
    right = [a for a in checks if a.peers]
    if not judged or not right:
        return "Not compared.\n"
    lines = [("`gradcheck`", share(sum(r.first_caught for r in judged), len(judged)),
              share(sum(bool(a.said) for a in right), len(right)))]
    lines += [(name, share(sum(r.peers[name] for r in judged), len(judged)),
               share(sum(a.peers[name] for a in right), len(right))) for name in judged[0].peers]
    return (
        f"A sample of {len(judged)} mutants, each on one call where it is wrong, and of {len(right)} calls of right "
        "rules,\nalso put to short replicas of other checkers (`tests/mutants/recipes.py`). CS231n's looks at first "
        "derivatives only;\nPyTorch's include gradgradcheck. All in double precision.\n\n"
        + table(("Checker", "Wrong rules caught, %", "Right rules refused, %"), lines)
    )
