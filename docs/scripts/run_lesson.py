"""Runs examples/chain_rule.ipynb and keeps what it prints and draws, for who reads it where nothing runs."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

LESSON = Path(__file__).parents[2] / "examples" / "chain_rule.ipynb"

notebook = nbformat.read(LESSON, as_version=4)
NotebookClient(notebook, record_timing=False, coalesce_streams=True).execute()
notebook.metadata.language_info = {"name": "python"}  # without the version
LESSON.write_text(nbformat.writes(notebook) + "\n", "utf-8")
