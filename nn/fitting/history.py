"""What was measured in each epoch of training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autograd_core.errors import MissingExtraError, ShapeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class History(dict[str, list[float]]):
    """A list for each measure, with one number an epoch: "loss", "accuracy", "val_loss" ...

    ``reason`` says in words why training ended.

    Example:
        >>> import nn
        >>> history = nn.History(loss=[2.3, 0.7], val_loss=[2.2, 0.9])
        >>> history["loss"][-1]
        0.7
        >>> figure = history.plot()
    """

    reason: str = ""

    def plot(self, path: str | Path | None = None) -> Figure:
        """Draw each measure over the epochs, on training and on validation data, with matplotlib.

        Args:
            path: where to save the picture (``.png``, ``.svg``, ``.pdf``); None: only draw it.

        Returns:
            The matplotlib Figure. It is in no global list, so that it need not be closed.

        Raises:
            ShapeError: nothing was measured.
            MissingExtraError: matplotlib is not installed.
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise MissingExtraError("plot", "matplotlib", "plot") from error
        panels = list(dict.fromkeys(name.removeprefix("val_") for name in self))
        if not panels:
            raise ShapeError("plot: the history is empty; no epoch was completed.")
        figure = Figure(figsize=(5.0 * len(panels), 3.6), layout="constrained")
        for axes, name in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            for key, label, dashes in ((name, "training", "-"), (f"val_{name}", "validation", "--")):
                if key in self:
                    axes.plot(range(1, len(self[key]) + 1), self[key], dashes, marker=".", label=label)
            axes.set(xlabel="epoch", ylabel=name)
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.grid(alpha=0.3)
            axes.legend(frameon=False)
        if path is not None:
            figure.savefig(path, dpi=150)
        return figure
