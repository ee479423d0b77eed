"""Draws docs/images/step_size.svg, the error of a difference against its step."""

import sys
from pathlib import Path

import numpy as np
from matplotlib import rcParams
from matplotlib.figure import Figure

from autograd_core.testing.ladder import slope

PICTURE = Path(__file__).parents[1] / "images" / "step_size.svg"
BLUE, ORANGE, RED, GREEN, GREY = "#0072B2", "#E69F00", "#D55E00", "#009E73", "#666666"  # Okabe and Ito's, and grey
POINT, TRUE = 1.0, np.e  # the slope of exp at 1


def errors(steps: np.ndarray, *, central: bool, dtype: type[np.floating] = np.float64) -> np.ndarray:
    """How far off differences of exp are, step by step."""
    up, here, down = (np.exp((POINT + shift).astype(dtype)).astype(float) for shift in (steps, 0 * steps, -steps))
    found = (up - down) / (2 * steps) if central else (up - here) / steps
    return np.maximum(np.abs(found - TRUE), 1e-16)


def picture() -> Figure:
    """Three kinds of differences, and the answer of gradcheck's ladder."""
    steps = 10.0 ** np.linspace(-14, 0, 240)
    figure = Figure(figsize=(7.2, 4.4), layout="constrained")
    axes = figure.subplots()
    for label, color, at, found in (
        ("central, float32", RED, (2e-8, 8e0), errors(steps, central=True, dtype=np.float32)),
        ("forward, float64", ORANGE, (1.1e-11, 4e-4), errors(steps, central=False)),
        ("central, float64", BLUE, (3e-10, 1e-11), errors(steps, central=True)),
    ):
        axes.loglog(steps, found, color=color, linewidth=1)
        axes.annotate(label, at, color=color)
    ladder = slope(lambda h: np.exp(POINT + h) - np.exp(POINT - h), noise=TRUE * 2.0**-52)
    actual = max(abs(ladder.value - TRUE), 1e-16)
    axes.plot([ladder.step, ladder.step], [actual, ladder.error], color=GREEN, linewidth=2)
    axes.plot(ladder.step, ladder.error, "_", color=GREEN, markersize=12, markeredgewidth=2)
    axes.plot(ladder.step, actual, "o", color=GREEN)
    axes.annotate("gradcheck's ladder:\nits answer (dot),\nits estimate (bar)", (ladder.step * 2, 2e-15),
                  color=GREEN)
    axes.annotate("truncation: $h^2$", (3e-3, 3e-8), color=GREY)
    axes.annotate("rounding: 1/$h$", (5e-14, 4e-7), color=GREY)
    axes.axvline(1e-5, color=GREY, linewidth=1, linestyle=":")
    axes.annotate("h = 1e-5", (1.3e-5, 2e-16), color=GREY)
    axes.set(xlabel="step h", ylabel="error of the slope of exp at 1", xlim=(1e-14, 10), ylim=(1e-16, 1e2))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    rcParams["svg.hashsalt"] = "step_size"  # the same bytes each time
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    picture().savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None, dpi=110)
