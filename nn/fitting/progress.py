"""What training says while it goes on: a bar for each epoch with tqdm, or a line at its end without."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any


class Progress:
    """The progress of one epoch.

    Args:
        title: as in "epoch 3/10".
        samples: how many there are in all.
        used: how many were used before, in a resumed run.
        shown: False to say nothing.
    """

    def __init__(self, title: str, samples: int, used: int, shown: bool) -> None:
        self._title, self._samples, self._start = title, samples - used, time.perf_counter()
        self._bar: Any = None
        self._line = shown
        if shown:
            try:
                from tqdm import tqdm
            except ImportError:
                return
            self._bar = tqdm(total=samples, initial=used, desc=title, unit=" samples", unit_scale=True)
            self._line = False

    def advance(self, samples: int, measured: Mapping[str, float]) -> None:
        """So many further samples are done."""
        if self._bar is not None:
            self._bar.set_postfix_str(_words(measured), refresh=False)
            self._bar.update(samples)

    def close(self, measured: Mapping[str, float]) -> None:
        """The epoch is over."""
        if self._bar is not None:
            self._bar.set_postfix_str(_words(measured))
            self._bar.close()
        elif self._line:
            rate = self._samples / (time.perf_counter() - self._start)
            print(f"{self._title}: {_words(measured)}, {rate:,.0f} samples/s")


def _words(measured: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in measured.items())
