"""A file is there whole, or as it was; and errors name it, not the draft."""

import os
import sys

import pytest

from autograd_core.files import write_whole


def test_it_replaces_what_was_there_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "new" / "folders" / "x.bin"
    for content in (b"one", bytearray(b"other")):
        assert write_whole(path, content) == path
        assert path.read_bytes() == content
        assert os.listdir(path.parent) == ["x.bin"]


def test_a_folder_of_that_name_is_named_and_stays(tmp_path):
    path = tmp_path / "folder.svg"
    path.mkdir()
    with pytest.raises(OSError, match=r"folder\.svg") as failed:
        write_whole(path, b"x")
    assert failed.value.filename == str(path)
    assert failed.value.filename2 is None
    assert os.listdir(tmp_path) == ["folder.svg"]


def test_what_cannot_be_opened_is_named(tmp_path, monkeypatch):
    path = tmp_path / "x.svg"
    path.write_bytes(b"old")
    monkeypatch.setattr("builtins.open", _refuse)
    with pytest.raises(PermissionError) as failed:
        write_whole(path, b"new")
    assert failed.value.filename == str(path)
    assert path.read_bytes() == b"old"


def _refuse(path, mode):
    raise PermissionError(13, "Permission denied", str(path))


@pytest.mark.skipif(sys.platform == "win32", reason="where whole paths are limited, too")
def test_a_name_as_long_as_names_can_be(tmp_path):
    path = tmp_path / ("n" * 251 + ".svg")
    assert write_whole(path, b"x").read_bytes() == b"x"
    with pytest.raises(OSError, match="n" * 252):
        write_whole(tmp_path / ("n" * 252 + ".svg"), b"x")
    assert os.listdir(tmp_path) == [path.name]
