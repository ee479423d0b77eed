"""Finding and running dot, and what is left on the disk when that fails."""

import importlib.metadata
import os
import stat
import time

import pytest

import autograd_core as ag
import viz
from viz.looks import render


@pytest.fixture
def drawing():
    return viz.draw(ag.tensor(3.0, requires_grad=True, name="x") * 2)


@pytest.fixture
def fake_dot(tmp_path, monkeypatch):
    def make(script):
        path = tmp_path / "bin" / "fake-dot"
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        monkeypatch.setenv("AUTOGRAD_VIZ_DOT", str(path))
        return path

    return make


def test_saves_svg_png_and_gv_in_new_folders(drawing, tmp_path):
    folder = tmp_path / "a" / "b"
    assert drawing.save(folder / "x.svg").read_text().startswith("<?xml")
    assert drawing.save(str(folder / "x.PNG")).read_bytes().startswith(b"\x89PNG")
    assert drawing.save(folder / "x.gv").read_text() == drawing.source
    assert sorted(os.listdir(folder)) == ["x.PNG", "x.gv", "x.svg"]


@pytest.mark.parametrize("name", ["x.jpg", "x", "x.svg.zip"])
def test_unknown_suffix_lists_what_works(drawing, tmp_path, name):
    with pytest.raises(viz.FormatError, match=r"\.svg, \.png, \.pdf, \.html, \.txt or \.gv"):
        drawing.save(tmp_path / name)
    assert not os.listdir(tmp_path)


def test_the_file_can_be_read_by_others(drawing, tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("")
    assert stat.S_IMODE(drawing.save(tmp_path / "x.gv").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_the_variable_names_the_program(drawing, fake_dot):
    fake_dot("cat > /dev/null; echo '<svg>mine</svg>'")
    assert drawing.svg().strip().endswith("mine</svg>")


def test_a_variable_that_names_nothing_is_an_error(drawing, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_VIZ_DOT", "/nowhere/dot")
    with pytest.raises(viz.RendererError, match="AUTOGRAD_VIZ_DOT is '/nowhere/dot'"):
        drawing.svg()


def test_the_systems_dot_comes_before_the_wheel(tmp_path, monkeypatch):
    monkeypatch.delenv("AUTOGRAD_VIZ_DOT", raising=False)
    dot = tmp_path / "dot"
    dot.write_text("#!/bin/sh\n")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert render.find_dot() == str(dot)


def test_the_wheel_is_found_although_it_is_not_on_the_path(monkeypatch, tmp_path):
    monkeypatch.delenv("AUTOGRAD_VIZ_DOT", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "graphviz-pure" in render.find_dot()


def test_without_a_renderer_the_error_says_what_to_do(drawing, monkeypatch, tmp_path):
    def missing(_):
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.delenv("AUTOGRAD_VIZ_DOT", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.metadata, "files", missing)
    with pytest.raises(viz.RendererError) as error:
        drawing.save(tmp_path / "x.svg")
    for part in ("AUTOGRAD_VIZ_DOT", "PATH", "graphviz-pure", 'pip install ".[dot]"', ".gv or .txt"):
        assert part in str(error.value)
    assert os.listdir(tmp_path) == ["x.svg.gv"]
    assert f"x.svg was not written, but its DOT source was: {tmp_path / 'x.svg.gv'}" in str(error.value)
    assert (tmp_path / "x.svg.gv").read_text() == drawing.source
    drawing.save(tmp_path / "x.gv")
    assert drawing.save(tmp_path / "x.txt").read_text("utf-8") == f"{drawing.text}\n"
    shown = drawing._repr_mimebundle_()
    assert shown.keys() == {"text/plain"}
    assert ".[dot]" in shown["text/plain"]
    assert drawing.text in shown["text/plain"]


def test_a_dot_that_hangs_is_ended_with_all_it_started(drawing, fake_dot, tmp_path, monkeypatch):
    fake_dot(f"(sleep 5; touch {tmp_path}/late) &\nsleep 600\n")
    monkeypatch.setattr(render, "TIMEOUT", 0.3)
    begin = time.monotonic()
    with pytest.raises(viz.RendererError, match=r"fake-dot was stopped after 0\.3 s .*depth=.*/x\.svg\.gv"):
        drawing.save(tmp_path / "x.svg")
    assert time.monotonic() - begin < 300  # it did not wait for the sleep
    assert sorted(os.listdir(tmp_path)) == ["bin", "x.svg.gv"]


@pytest.mark.parametrize("script", ["echo 'it broke' >&2; exit 3", "echo 'it broke' >&2; exit 0",
                                    "printf half; echo 'it broke' >&2; exit 1"])
def test_a_dot_that_fails_is_quoted_and_the_old_file_stays(drawing, fake_dot, tmp_path, script):
    fake_dot(script)
    (tmp_path / "x.svg").write_text("old")
    with pytest.raises(viz.RendererError, match=r"fake-dot failed .* it broke\. .*\$AUTOGRAD_VIZ_DOT"):
        drawing.save(tmp_path / "x.svg")
    assert (tmp_path / "x.svg").read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["bin", "x.svg", "x.svg.gv"]


@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_a_dot_that_prints_something_else_is_an_error(drawing, fake_dot, tmp_path, format):
    fake_dot("cat > /dev/null; echo hi")
    with pytest.raises(viz.RendererError, match=rf"fake-dot failed \(exit status 0\): no message, and no {format}\. "):
        drawing.save(tmp_path / f"x.{format}")
    assert not (tmp_path / f"x.{format}").exists()


def test_what_the_renderer_said_is_not_lost_when_nothing_can_be_written(drawing, monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRAD_VIZ_DOT", "/nowhere/dot")
    (tmp_path / "x.svg.gv").mkdir()
    with pytest.raises(viz.RendererError, match=r"is '/nowhere/dot', .* x\.svg was not written, nor was .*x\.svg\.gv"):
        drawing.save(tmp_path / "x.svg")


def test_a_file_that_is_no_program_is_a_clean_error(drawing, fake_dot):
    fake_dot("").write_bytes(b"\x7fELFnot really")
    with pytest.raises(viz.RendererError, match="cannot be run"):
        drawing.svg()


def test_a_pdf_by_graphviz_pure_names_the_systems_graphviz(drawing, tmp_path, monkeypatch):
    monkeypatch.delenv("AUTOGRAD_VIZ_DOT", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))  # where there is no other dot
    with pytest.raises(viz.RendererError, match=r"graphviz-pure failed .* A PDF needs the system's Graphviz \(apt"):
        drawing.save(tmp_path / "x.pdf")
    assert os.listdir(tmp_path) == ["x.pdf.gv"]


def test_a_pdf_by_a_dot_that_can(drawing, fake_dot, tmp_path):
    fake_dot("cat > /dev/null; echo \"%PDF for $1\"")
    assert drawing.save(tmp_path / "x.pdf").read_text() == "%PDF for -Tpdf\n"
