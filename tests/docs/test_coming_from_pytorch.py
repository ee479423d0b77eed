"""docs/coming_from_pytorch.md: every name exists, and every row and snippet means the same on both sides."""

import inspect
import re
from functools import reduce
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import nn
import optim

PAGE = (Path(__file__).parents[2] / "docs" / "coming_from_pytorch.md").read_text(encoding="utf-8")
OURS = {"ag": ag, "np": np, "nn": nn, "optim": optim}
DEFAULTED = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_POSITIONAL}
NEEDS_TORCH = "PyTorch is the oracle here: pip install torch"


def section(title):
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title):
    """The two cells of every row of a table, each as the list of what it has between backquotes."""
    lines = re.findall(r"^\| (`.*`) \| (`.*`) \|$", section(title), re.M)
    assert lines
    return [tuple(re.findall(r"`([^`]+)`", cell) for cell in line) for line in lines]


def found(name, roots):
    root, *path = name.split(".")
    return reduce(getattr, path, roots[root])


@pytest.mark.parametrize(("theirs", "ours"), rows("Names"))
def test_every_name_exists_on_both_sides(theirs, ours):
    assert all(found(name, OURS) for name in ours)
    torch = pytest.importorskip("torch", reason=NEEDS_TORCH)
    pytest.importorskip("torch.utils.checkpoint", reason=NEEDS_TORCH)
    assert all(found(name, {"torch": torch}) for name in theirs)


def operands(tensor):
    rng = np.random.default_rng(0)
    arrays = {"a": rng.normal(size=(2, 3)), "b": rng.normal(size=(2, 3)), "c": rng.normal(size=(2, 3, 3))}
    made = {name: tensor(array, requires_grad=True) for name, array in arrays.items()}
    return made | {"k": tensor(np.array([[2], [0]]))}


def plain(value):
    return np.asarray(value.detach().numpy() if hasattr(value, "detach") else value)


@pytest.mark.parametrize(("theirs", "ours"), rows("Expressions"))
def test_both_expressions_have_the_same_value(theirs, ours):
    ((theirs,), (ours,)) = theirs, ours
    here = plain(eval(ours, OURS | operands(ag.tensor)))
    assert here.dtype != object
    torch = pytest.importorskip("torch", reason=NEEDS_TORCH)
    there = plain(eval(theirs, {"torch": torch} | operands(torch.tensor)))
    np.testing.assert_allclose(here, there, rtol=1e-6)
    assert here.shape == there.shape


def shared(ours, *theirs):
    """Public classes of the same name: (ours, PyTorch's)."""
    pairs = [(getattr(ours, name), getattr(place, name, None)) for name in ours.__all__ for place in theirs]
    return [pair for pair in pairs if all(inspect.isclass(kind) for kind in pair)]


def test_arguments_and_defaults_are_the_same():
    torch = pytest.importorskip("torch", reason=NEEDS_TORCH)
    pairs = shared(nn, torch.nn) + shared(optim, torch.optim, torch.optim.lr_scheduler)
    assert len(pairs) > 90
    other = set()
    for here, there in pairs:
        ours, theirs = inspect.signature(here).parameters, inspect.signature(there).parameters
        for name in ours.keys() & theirs.keys():
            default = theirs[name].default
            default = default.__name__ if inspect.isroutine(default) else default  # torch.relu is our "relu"
            if name != "dtype" and {ours[name].kind, theirs[name].kind} <= DEFAULTED and ours[name].default != default:
                other.add(f"{here.__name__}: {name}")
    assert other == {"Softmax: dim", "LogSoftmax: dim", "ModuleList: modules", "Parameter: data", "Buffer: data"}


NOT_HERE = {name: set(arguments) for names, arguments in rows("Arguments") for name in names}
NOWHERE = set(re.findall(r"`(\w+)`", re.search(r"Nowhere here:.*?\n\n", section("Arguments"), re.S)[0]))
UNUSED = {"inplace", "_stacklevel", "_weight", "_freeze"}  # what it says under "What differs", and what is not public


def names_of(torch, name):
    """The arguments of PyTorch's function, from its signature, or from its documentation where it is written in C++."""
    place = torch.nn.functional
    for function in (getattr(place, f"{name}_with_indices", None), getattr(place, name)):
        try:
            names = list(inspect.signature(function).parameters)
        except (TypeError, ValueError):
            continue
        if names[0] != "args":
            return names
    shown = re.search(rf"{name}\((.*?)\) -> ", getattr(place, name).__doc__, re.S)[1]
    return [argument.split("=")[0].strip() for argument in shown.split(",")]


FUNCTIONS = sorted(set(nn.functional.__all__) - {"huffman"})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_take_the_arguments_of_pytorchs_in_its_order(name):
    torch = pytest.importorskip("torch", reason=NEEDS_TORCH)
    function, theirs = getattr(nn.functional, name), names_of(torch, name)
    ours = [argument for argument in inspect.signature(function).parameters if argument != "rng"]
    if name == "one_hot":
        theirs[0] = "input"  # it is documented as "tensor", but called so
    if ours[0] != theirs[0]:
        assert ours[0] == "x"
        assert function is getattr(ag, function.__name__)
        ours[0] = theirs[0]
    left_out = NOT_HERE.get(f"F.{name}", set())
    assert left_out <= {*theirs, "divisor_override"}
    assert ours == [argument for argument in theirs if argument not in left_out | NOWHERE | UNUSED]


def test_classes_take_all_arguments_but_those_said_to_be_missing():
    torch = pytest.importorskip("torch", reason=NEEDS_TORCH)
    for here, there in shared(nn, torch.nn):
        ours, theirs = inspect.signature(here).parameters, inspect.signature(there).parameters
        if "args" in theirs or here.__name__ in ("Parameter", "ParameterList"):
            continue
        left_out = NOT_HERE.get(f"nn.{here.__name__}", set())
        known = theirs.keys() - {"min_value", "max_value"}  # of Hardtanh, deprecated
        assert known - ours.keys() == (left_out | NOWHERE | UNUSED) & known - ours.keys(), here
        assert not left_out & ours.keys(), here
        order = [[name for name in names if name in ours.keys() & known - {"dtype"}] for names in (ours, theirs)]
        assert order[0] == order[1], here


def missing():
    """The classes and the functions that the page calls missing."""
    classes, functions = section("What is missing").split("What is here and not there")[0].split("- Functions", 1)
    return set(re.findall(r"`([A-Z]\w+)`", classes)), set(re.findall(r"`([a-z]\w+)`", functions))


def test_what_is_said_to_be_missing_is_missing_and_known_to_pytorch():
    torch = pytest.importorskip("torch", reason=NEEDS_TORCH)
    classes, functions = missing()
    assert len(classes) > 50
    assert len(functions) > 40
    for name in classes:
        assert not hasattr(nn, name), name
        assert not hasattr(optim, name), name
        assert any(hasattr(place, name) for place in (torch.nn, torch.optim, torch.optim.lr_scheduler)), name
    for name in functions:
        assert not hasattr(nn.functional, name), name
        assert hasattr(torch.nn.functional, name), name
    for name in re.findall(r"`((?:nn|optim|ag)\.[\w.]+)`", section("What is missing")):
        assert found(name, OURS), name


def test_all_that_is_missing_is_said_to_be():
    torch = pytest.importorskip("torch", reason=NEEDS_TORCH)
    if not torch.__version__.startswith(version := re.search(r"PyTorch (\d+\.\d+)", PAGE)[1]):
        pytest.skip(f"the page lists what PyTorch {version} has")
    classes, functions = missing()
    renamed = {name.split(".")[-1] for theirs, _ in rows("Names") for name in theirs}
    ruled_out = re.compile(r"Lazy|Uninitialized|.*(3d|Base|Options)$|Container|NLLLoss2d")  # the last two: deprecated
    theirs = {name for name in dir(torch.nn) if inspect.isclass(getattr(torch.nn, name)) and not ruled_out.match(name)}
    for place in (torch.optim, torch.optim.lr_scheduler):
        kinds = (torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler)
        theirs |= {name for name, kind in vars(place).items() if inspect.isclass(kind) and issubclass(kind, kinds)}
    assert {name for name in theirs if name[0] != "_" and not hasattr(nn, name) and not hasattr(optim, name)} \
        <= classes | renamed
    helpers = re.compile(r"_|.*(_|3d|_indices|torch_function.*)$|assert_|boolean_|native_|upsample_|scaled_grouped")
    theirs = {name for name, value in vars(torch.nn.functional).items() if inspect.isroutine(value)}
    assert {name for name in theirs if not helpers.match(name)} <= functions | set(nn.functional.__all__)


def test_the_snippets_carry_weights_over_and_back(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch", reason=NEEDS_TORCH)
    pytest.importorskip("safetensors.torch", reason="the file format: pip install safetensors")
    import safetensors.torch

    monkeypatch.chdir(tmp_path)
    names = OURS | {"torch": torch, "safetensors": safetensors}
    first, second = re.findall(r"```py\n(.*?)```", section("Carrying weights over"), re.S)
    exec(first, names)
    ours, theirs = names["ours"], names["theirs"]
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    there, back = second.split("\n\n")
    for snippet, source in ((there, theirs), (back, ours)):
        with torch.no_grad(), ag.no_grad():
            for parameter in source.parameters():
                parameter *= 2.0
        exec(snippet, names)
        np.testing.assert_allclose(ours(x).numpy(), theirs(torch.tensor(x)).detach().numpy(), rtol=1e-5, atol=1e-6)


# "What differs": each claim on what is here that no other test of ours has

def test_what_differs_here():
    assert ag.tensor(1.0).dtype == np.float64
    assert nn.Linear(1, 1).weight.dtype == np.float32
    assert nn.Linear(2, 1)(np.ones((1, 2))).dtype == np.float64
    assert (nn.Linear(2, 2, rng=0).weight == nn.Linear(2, 2, rng=0).weight).all()
    assert float(ag.std([1.0, 3.0])) == 1.0
    assert float(ag.median([1.0, 2.0, 3.0, 4.0])) == 2.5
    layer = nn.Linear(1, 1)
    layer.state_dict()["weight"][...] = 9.0
    assert layer.weight.item() != 9.0
    x = ag.tensor([[[2.0, 2.0]]], requires_grad=True)
    nn.MaxPool1d(2)(x).backward(np.ones((1, 1, 1)))
    assert x.grad.tolist() == [[[0.5, 0.5]]]
    x = ag.tensor([0.0, 1.0], requires_grad=True)
    y = x.exp()
    y[0] = 0.0
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [0.0, np.e])
    with pytest.warns(nn.LostModuleWarning):
        nn.Module().layers = [nn.ReLU()]


def test_what_differs_there():
    torch = pytest.importorskip("torch", reason=NEEDS_TORCH)
    assert torch.tensor(1.0).dtype == torch.nn.Linear(1, 1).weight.dtype == torch.float32
    with pytest.raises(RuntimeError, match="same dtype"):
        torch.nn.Linear(2, 1)(torch.ones(1, 2, dtype=torch.float64))
    assert float(torch.tensor([1.0, 2.0, 3.0, 4.0]).median()) == 2.0
    layer = torch.nn.Linear(1, 1)
    torch.optim.SGD(layer.parameters()).step()  # no gradient, no complaint
    layer.state_dict()["weight"].fill_(9.0)
    assert layer.weight.item() == 9.0
    (layer(torch.ones(1, 1)) * float("nan")).sum().backward()
    torch.optim.SGD(layer.parameters()).step()
    assert layer.weight.isnan().all()
    with pytest.warns(UserWarning, match="different to the input size"):
        torch.nn.functional.mse_loss(torch.zeros(3, 1), torch.zeros(3))
    x = torch.tensor([[[2.0, 2.0]]], requires_grad=True)
    torch.nn.MaxPool1d(2)(x).sum().backward()
    assert x.grad.tolist() == [[[1.0, 0.0]]]
    for largest, slopes in ((lambda a: a.max(), [0.5, 0.5]), (lambda a: a.amax(dim=0), [0.5, 0.5]),
                            (lambda a: a.max(dim=0).values, [1.0, 0.0])):
        a = torch.tensor([2.0, 2.0], requires_grad=True)
        largest(a).backward()
        assert a.grad.tolist() == slopes
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    y = x.exp()
    y[0] = 0.0
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
    tied = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Linear(1, 1))
    tied[1].weight = tied[0].weight
    state = {name: value.clone() for name, value in tied.state_dict().items()}
    state["1.weight"] += 1
    tied.load_state_dict(state)
    assert tied[0].weight.item() == state["1.weight"].item()
