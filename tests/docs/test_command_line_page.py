"""The commands in docs/command_line.md do what the page says."""

import contextlib
import re
import shlex
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from viz.command_line import main

PAGE = Path(__file__).parents[2] / "docs" / "command_line.md"


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def commands():
    """Each command of the page, and what it prints."""
    for block in blocks("sh"):
        for each in block.split("$ ")[1:]:
            command, _, output = each.partition("\n")
            yield command, output.strip()


@pytest.mark.parametrize(("command", "output"), [*commands()], ids=[command for command, _ in commands()])
def test_commands_print_what_the_page_says(command, output, tmp_path, monkeypatch, capsys):
    if ".html" in command:
        pytest.importorskip("jinja2", reason="fills in the page")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for code in blocks("py"):
        Path(re.match(r"# (\S+)", code)[1]).write_text(code, "utf-8")
    python, option, module, *arguments = shlex.split(command)
    assert (python, option, module) == ("python", "-m", "viz")
    with contextlib.suppress(SystemExit):
        main(arguments)
    printed = capsys.readouterr()
    said = (printed.out or printed.err.splitlines()[-1]).strip()
    assert fnmatchcase(said, output.replace("[", "[[]").replace("...", "*"))
    if said.startswith("wrote"):
        assert Path(said.split()[1]).stat().st_size > 100
