"""Writes docs/images/diff_*.svg: runs docs/comparing.md, and saves every Drawing it shows as the next picture."""

import re
from pathlib import Path

from draw_gallery import shown

PAGE = Path(__file__).parents[1] / "comparing.md"

if __name__ == "__main__":
    text = PAGE.read_text("utf-8")
    files = re.findall(r"\]\((images/diff_\w+\.svg)\)", text)
    for file, drawing in zip(files, shown(text), strict=True):
        drawing.save(PAGE.parent / file)
