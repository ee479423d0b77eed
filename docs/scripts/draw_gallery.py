"""Writes docs/images/gallery_*.svg: runs docs/gallery.md, and saves every Drawing it shows as the next picture."""

import doctest
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import viz

PAGE = Path(__file__).parents[1] / "gallery.md"


def pictures() -> Iterator[tuple[Path, viz.Drawing]]:
    """The page's pictures: where each is kept, and the Drawing that its code makes."""
    text = PAGE.read_text("utf-8")
    files = re.findall(r"\]\((images/gallery_\w+\.svg)\)", text)
    yield from zip((PAGE.parent / file for file in files), shown(text), strict=True)


def shown(text: str) -> list[viz.Drawing]:
    """The Drawings among what the examples of a page show."""
    values: list[Any] = []
    names: dict[str, Any] = {}
    display, sys.displayhook = sys.displayhook, values.append
    try:
        for example in doctest.DocTestParser().get_examples(text):
            exec(compile(example.source, str(PAGE), "single"), names)  # the page is ours
    finally:
        sys.displayhook = display
    return [value for value in values if isinstance(value, viz.Drawing)]


if __name__ == "__main__":
    for path, drawing in pictures():
        drawing.save(path)
