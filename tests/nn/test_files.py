"""Weights in files: what goes in comes out, broken files end in one error, and a killed save leaves a whole file."""

import json
import os
import pickle
import struct
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

import nn
from autograd_core.errors import DTypeError, MissingExtraError
from nn import files

safetensors = pytest.importorskip("safetensors.numpy", reason="needs safetensors: pip install '.[files]'")

DTYPES = ["float16", "float32", "float64", "bool", "int8", "int16", "int32", "int64", "uint8", "uint32", ">f4", ">i8"]
SHAPES = arrays_of.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
ARRAYS = arrays_of.arrays(st.sampled_from(DTYPES), SHAPES)
LAYOUTS = [lambda a: a, lambda a: a.T, lambda a: a[..., ::-1] if a.ndim else a, lambda a: np.asfortranarray(a),
           lambda a: np.repeat(a, 2, axis=0)[::2] if a.ndim else a, lambda a: np.broadcast_to(a, (2, *a.shape))]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


@settings(max_examples=60)
@given(state=st.dictionaries(st.text(max_size=6), st.tuples(ARRAYS, st.sampled_from(LAYOUTS)), max_size=4))
def test_what_is_saved_is_loaded_whatever_its_memory_looks_like(tmp_path_factory, state):
    path = tmp_path_factory.mktemp("saved") / "a.safetensors"
    state = {name: layout(array) for name, (array, layout) in state.items()}
    nn.save(state, path)
    loaded, theirs = nn.load(path), safetensors.load(path.read_bytes())
    assert loaded.keys() == state.keys() == theirs.keys()
    for name, array in state.items():
        native = array.astype(array.dtype.newbyteorder("="))
        np.testing.assert_array_equal(loaded[name], native, strict=True)
        np.testing.assert_array_equal(theirs[name], native, strict=True)
        assert loaded[name].flags.writeable


def test_a_model_goes_through_a_file(path):
    def make(seed):
        return nn.Sequential(nn.Linear(3, 4, rng=seed), nn.BatchNorm1d(4), nn.Linear(4, 2, rng=seed))

    model, other = make(0), make(1)
    model(np.random.default_rng(0).standard_normal((8, 3)).astype("f4"))  # moves the running statistics
    nn.save(model, str(path))
    nn.load(path, other)
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, other.state_dict()[name], strict=True)
    assert json.loads(path.read_bytes()[8:].split(b"}")[0] + b"}}")["__metadata__"]["class"] == "Sequential"


def test_a_model_that_does_not_fit_stays_as_it_was(path):
    nn.save(nn.Linear(3, 2, rng=0), path)
    model = nn.Linear(3, 4, rng=1)
    before = model.state_dict()
    with pytest.raises(nn.StateError, match=r"weight is \(2, 3\), expected \(4, 3\)"):
        nn.load(path, model)
    np.testing.assert_array_equal(model.state_dict()["weight"], before["weight"])


def test_only_modules_are_loaded_into(path):
    nn.save({"a": np.ones(2)}, path)
    with pytest.raises(DTypeError, match="load: model='x'; expected a Module"):
        nn.load(path, "x")


def test_files_of_others_are_read(path):
    safetensors.save_file({"w": np.ones(3, "f4")}, path, {"format": "pt", "checksum": "theirs"})
    np.testing.assert_array_equal(nn.load(path)["w"], np.ones(3, "f4"), strict=True)


@pytest.mark.parametrize(("state", "message"), [
    ({"a": np.array(["text"])}, "a has dtype <U4"),
    ({"a": np.array([{}])}, "a has dtype object"),
    ({"a": np.ones(1, complex)}, "a has dtype complex128"),
    ({3: np.ones(1)}, "3 cannot name an array"),
    ({"__metadata__": np.ones(1)}, "'__metadata__' cannot name an array"),
])
def test_what_cannot_be_saved_leaves_the_old_file(path, state, message):
    nn.save({"w": np.ones(2)}, path)
    with pytest.raises(DTypeError, match=message):
        nn.save(state, path)
    assert list(nn.load(path)) == ["w"]
    assert os.listdir(path.parent) == [path.name]


def test_a_header_that_could_not_be_read_again_is_not_written(path, monkeypatch):
    monkeypatch.setattr(files, "HEADER_LIMIT", 200)
    with pytest.raises(nn.FileError, match="more than 200 bytes"):
        nn.save({"long name " * 30: np.ones(1)}, path)
    assert not path.exists()


def test_without_safetensors_the_extra_is_named(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    for call in (lambda: nn.save({}, path), lambda: nn.load(path)):
        with pytest.raises(MissingExtraError, match=r"\.\[files\]"):
            call()


# Damage

def test_a_flipped_bit_in_any_byte_and_a_cut_anywhere_are_noticed(path):
    nn.save({"weight": np.arange(6, dtype="f4"), "bias": np.ones(2, bool)}, path)
    content = path.read_bytes()
    bits = np.random.default_rng(0).integers(8, size=len(content))
    for place, bit in enumerate(bits.tolist()):
        damaged = bytearray(content)
        damaged[place] ^= 1 << bit
        path.write_bytes(damaged)
        with pytest.raises(nn.FileError):
            nn.load(path)
    for length in range(0, len(content), 5):
        path.write_bytes(content[:length])
        with pytest.raises(nn.FileError):
            nn.load(path)
    path.write_bytes(content + b"\0")
    with pytest.raises(nn.FileError):
        nn.load(path)


def crafted(header, data=b""):
    """A file with this header, a dict or bytes."""
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(header)) + header + data


def entry(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


HOSTILE = {
    "empty": b"",
    "text": b"these are no weights, only words",
    "pickle": pickle.dumps({"w": np.ones(3)}),
    "npz": b"PK\x03\x04" + bytes(60),
    "zeros": bytes(64),
    "a header of 2^63 bytes": struct.pack("<Q", 2**63) + b"{}",
    "a header longer than the file": struct.pack("<Q", 100) + b"{}",
    "a header of 30 MB of empty lists": crafted(b'{"a":[' + b"[]," * 10_000_000 + b"0]}"),
    "a header of empty lists that is read": crafted(b'{"a":[' + b"[]," * (files.HEADER_LIMIT // 3 - 9) + b"0]}"),
    "no JSON": crafted(b"{not json}"),
    "deep JSON": crafted(b'{"a":' * 100_000),
    "deep lists": crafted(b"[" * 1_000_000),
    "a long number": crafted(b'{"a":' + b"9" * 1_000_000 + b"}"),
    "no UTF-8": crafted(b'{"\xff\xfe": 1}'),
    "a list": crafted(b"[1, 2]"),
    "a number": crafted(b"3"),
    "an entry that is no dict": crafted({"a": 3}),
    "an entry without offsets": crafted({"a": {"dtype": "F32", "shape": [1]}}, bytes(4)),
    "texts that are no texts": crafted({"__metadata__": {"a": 1}}),
    "texts that are no dict": crafted({"__metadata__": 3}),
    "one name twice": crafted(b'{"a":%s,"a":%s}' % ((json.dumps(entry()).encode(),) * 2), bytes(4)),
    "overlapping": crafted({"a": entry(shape=[2], offsets=[0, 8]), "b": entry(shape=[2], offsets=[4, 12])}, bytes(12)),
    "a hole": crafted({"a": entry(), "b": entry(offsets=[8, 12])}, bytes(12)),
    "offsets beyond the end": crafted({"a": entry(shape=[100], offsets=[0, 400])}, bytes(4)),
    "data that nobody names": crafted({"a": entry()}, bytes(400)),
    "offsets backwards": crafted({"a": entry(offsets=[4, 0])}, bytes(4)),
    "negative offsets": crafted({"a": entry(offsets=[-4, 4])}, bytes(4)),
    "offsets as floats": crafted({"a": entry(offsets=[0.0, 4.0])}, bytes(4)),
    "a negative size": crafted({"a": entry(shape=[-1])}, bytes(4)),
    "two negative sizes": crafted({"a": entry(shape=[-1, -1])}, bytes(4)),
    "a shape that overflows": crafted({"a": entry(shape=[2**32, 2**32, 2**32])}, bytes(4)),
    "a huge shape": crafted({"a": entry(shape=[2**40])}, bytes(4)),
    "a shape of other size": crafted({"a": entry(shape=[3])}, bytes(4)),
    "a dtype of other size": crafted({"a": entry("F64")}, bytes(4)),
    "an unknown dtype": crafted({"a": entry("OBJECT")}, bytes(4)),
    "a dtype NumPy lacks": crafted({"a": entry("BF16", [2])}, bytes(4)),
    "a checksum of nothing": crafted({"__metadata__": {"autograd_core": "1"}, "a": entry()}, bytes(4)),
    "a wrong checksum": crafted({"__metadata__": {"autograd_core_crc32": "00000000"}, "a": entry()}, bytes(4)),
}

CHILD = """
import resource, sys
import nn, safetensors.numpy
with open("/proc/self/statm") as file:
    now = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + {limit}, now + {limit}))
for path in sys.argv[1:]:
    try:
        nn.load(path)
        print(path, "was loaded")
    except nn.FileError:
        pass
    except BaseException as error:
        print(path, type(error), error)
print("done")
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is limited by what Linux says of it")
def test_hostile_files_end_in_one_error_within_256_megabytes(tmp_path):
    paths = []
    for name, content in HOSTILE.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(content)
    paths.append(tmp_path / "a sparse terabyte")
    with open(paths[-1], "wb") as file:
        file.write(crafted({"a": entry("U8", [2**40], [0, 2**40])}))
        file.truncate(file.tell() + 2**40)
    paths.append(tmp_path / "a folder")
    paths[-1].mkdir()
    code = textwrap.dedent(CHILD).format(limit=256 << 20)
    run = subprocess.run([sys.executable, "-c", code, *map(str, paths)], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("done\n", "")


@pytest.mark.parametrize(("name", "message"), [
    ("a dtype NumPy lacks", "BF16"),
    ("one name twice", "a name comes twice"),
    ("data that nobody names", "its header tells of 4 bytes of data, it has 400"),
    ("a header of 30 MB of empty lists", "header of 30,000,009"),  # is not read
    ("a header of 2^63 bytes", "header of 9,223,372,036,854,775,808"),
    ("a wrong checksum", "does not match its checksum"),
    ("a list", "its header is no table of arrays"),
    ("an entry that is no dict", "its header is no table of arrays"),
    ("texts that are no dict", "its header is no table of arrays"),
])
def test_what_is_wrong_is_said(path, name, message):
    path.write_bytes(HOSTILE[name])
    with pytest.raises(nn.FileError, match=message):
        nn.load(path)


@settings(max_examples=60)
@given(noise=st.binary(max_size=64), at=st.integers(0, 200))
def test_noise_is_an_error_or_changes_nothing(tmp_path_factory, noise, at):
    path = tmp_path_factory.mktemp("noise") / "a.safetensors"
    nn.save({"w": np.arange(8.0)}, path)
    content = bytearray(path.read_bytes())
    content[at : at + len(noise)] = noise
    path.write_bytes(content)
    try:
        loaded = nn.load(path)
    except nn.FileError:
        return
    np.testing.assert_array_equal(loaded["w"], np.arange(8.0), strict=True)


def test_a_file_of_a_later_version_is_refused(path, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(files, "VERSION", "2")
        nn.save({"w": np.ones(3)}, path)
    with pytest.raises(nn.FileError, match="written by another version, 2; this one reads 1"):
        nn.load(path)


def test_a_missing_file_is_no_broken_one(path):
    with pytest.raises(FileNotFoundError):
        nn.load(path)


def test_the_checksum_is_that_of_the_file_with_zeros_in_its_place(path):
    nn.save({"w": np.ones(3)}, path)
    content = path.read_bytes()
    told = files.read(path)[1]["autograd_core_crc32"].encode()
    assert int(told, 16) == zlib.crc32(content.replace(told, b"00000000"))


# Kill -9

def test_everything_is_on_the_disk_before_and_after_the_name_changes(path, monkeypatch):
    done = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (done.append(os.path.isdir(f"/proc/self/fd/{fd}")), fsync(fd)))
    monkeypatch.setattr(Path, "replace", lambda draft, to: (done.append((draft.parent, to)), replace(draft, to)))
    nn.save({"w": np.ones(3)}, path)
    assert done == [False, (path.parent, path), True]
    assert os.listdir(path.parent) == [path.name]


def test_an_error_while_writing_leaves_the_old_file_and_no_draft(path, monkeypatch):
    nn.save({"w": np.ones(3)}, path)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("the disk is full")))
    with pytest.raises(OSError, match="the disk is full"):
        nn.save({"w": np.zeros(3)}, path)
    assert os.listdir(path.parent) == [path.name]
    np.testing.assert_array_equal(nn.load(path)["w"], np.ones(3))


KILLED = """
import os, random, signal, sys, time
import numpy as np
import nn
path, model = sys.argv[1], nn.Linear(50, 50)
draw, seen, last, drafts = random.Random(0), set(), 0, 0
start = time.perf_counter()
for _ in range(5):
    nn.save_checkpoint(path, model=model, number=0, copies=np.zeros(20_000))
usual = (time.perf_counter() - start) / 5
for kills in range(1, 1001):
    child = os.fork()
    if not child:
        while True:
            last += 1
            nn.save_checkpoint(path, model=model, number=last, copies=np.full(20_000, last, float))
    time.sleep(draw.uniform(0, 4 * usual))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = nn.load_checkpoint(path, model=model)
    assert (found["copies"] == found["number"]).all() and found["number"] >= last
    last = found["number"]
    seen.add(last)
    drafts = len(os.listdir(os.path.dirname(path))) - 1
    if kills >= 40 and len(seen) >= 15 and drafts >= 10:
        break
print(len(seen), drafts)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork has no kill -9 either")
def test_kill_9_at_any_moment_leaves_a_whole_checkpoint(path):
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", KILLED, str(path)], capture_output=True, text=True,
                         check=False, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})
    assert not run.stderr
    different, drafts = map(int, run.stdout.split())
    assert different >= 15, "new checkpoints replaced old ones"
    assert drafts >= 10, "many were killed while they wrote"
