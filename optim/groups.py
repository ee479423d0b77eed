"""Reading what to optimize: parameters with their names, in groups with options of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from autograd_core import Tensor
from autograd_core.errors import DTypeError, GraphError, OptionError

Options = dict[str, Any]


class Group(Options):
    """Parameters that share options: the keys "params" and "names", and every option by its name."""

    initial_lr: float | None = None
    """Where the schedulers of this group start from; None as long as it has had none."""

    def __getattr__(self, name: str) -> Any:
        """An option, as in ``group.lr``."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"this group has no option {name!r}; it has {', '.join(self)}.") from None


def read_groups(params: Any, defaults: Options, check: Callable[[Options], Options]) -> list[Group]:
    """The groups that ``params`` describes.

    Args:
        params: a model (anything with ``named_parameters()``), Tensors, (name, Tensor) pairs, or dicts with the key
            "params" for any of these and options that differ from the defaults.
        defaults: every option of the optimizer, by name.
        check: gives the options checked, or raises.

    Returns:
        A list of Groups. Parameters without a name are called by their position, "0", "1", ...; those of a module in
        the dict at index 2 are called "2.weight" and so on.

    Raises:
        OptionError: no parameters, an empty group, an option that the optimizer does not have.
        DTypeError: something else than float Tensors.
        GraphError: a tensor that was computed from others; a tensor, or a name, given twice.
    """
    items = _listed(params)
    described = items if items and all(isinstance(item, Mapping) for item in items) else [{"params": items}]
    groups, seen = [], dict[int, str]()
    for k, description in enumerate(described):
        options = {name: value for name, value in description.items() if name != "params"}
        if unknown := options.keys() - defaults.keys():
            raise OptionError(f"group {k}: no option {sorted(unknown)[0]!r}; there are {', '.join(defaults)}.")
        if "params" not in description:
            raise OptionError(f'group {k}: no key "params"; a group is a dict of its parameters and options.')
        members = named(description["params"], len(seen))
        if described is items and hasattr(description["params"], "named_parameters"):
            members = [(f"{k}.{name}", p) for name, p in members]  # two layers both have a "weight"
        if not members:
            where = f"group {k}" if len(described) > 1 else "params"
            raise OptionError(f"{where}: there is nothing to optimize; an iterator that was used up is empty, too.")
        for name, p in members:
            if id(p) in seen:
                raise GraphError(f"params[{name}] is params[{seen[id(p)]}] again; each parameter may be given once.")
            if name in seen.values():
                raise GraphError(f"params: two parameters are called {name!r}; give each a name of its own.")
            seen[id(p)] = name
        names, tensors = zip(*members, strict=True)
        groups.append(Group(params=list(tensors), names=list(names), **check({**defaults, **options})))
    return groups


def _listed(params: Any) -> list[Any]:
    if hasattr(params, "named_parameters"):
        return list(params.named_parameters())
    if isinstance(params, Tensor):
        raise DTypeError("params: a single Tensor; put it in a list.")
    if isinstance(params, Mapping) or not isinstance(params, Iterable):
        what = type(params).__name__
        raise DTypeError(f"params: expected a model, Tensors or a list of groups, got a {what}.")
    return list(params)


def named(params: Any, start: int = 0) -> list[tuple[str, Tensor]]:
    """The parameters of a model, or from a list of Tensors or of (name, Tensor) pairs, with their names.

    Args:
        params: see above.
        start: what to begin counting at, for those without a name.

    Raises:
        DTypeError: something else than float Tensors.
        GraphError: a tensor that was computed from others.
    """
    found = []
    for position, item in enumerate(_listed(params), start):
        pair = isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str)
        name, p = item if pair else (str(position), item)
        _check(f"params[{name}]", p)
        found.append((name, p))
    return found


def _check(what: str, p: Any) -> None:
    if not isinstance(p, Tensor):
        raise DTypeError(f"{what} is a {type(p).__name__}, not a Tensor; pass the model, or model.parameters().")
    if p.dtype not in (np.float16, np.float32, np.float64, np.longdouble):
        raise DTypeError(f"{what} has dtype {p.dtype}, which has no gradient; make it a float.")
    if not p.is_leaf:
        raise GraphError(f"{what} was computed from other tensors; optimize the leaves it came from.")
