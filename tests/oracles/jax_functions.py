"""What JAX calls the functions of our table."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, nn

PLACES = (jnp, jnp.linalg, nn, jax.scipy.special, jax.scipy.linalg)
"""Where JAX may have a function under our name."""


def with_array(option: str) -> Callable[..., Any]:
    """JAX's function that wants an array where NumPy takes a list."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **o: function(*args, **(o | ({option: np.array(o[option])} if option in o else {})))

    return decorate


def lstsq(a: Any, b: Any) -> Any:
    x, residuals, rank, singular = jnp.linalg.lstsq(a, b)
    return x, residuals if a.shape[0] > a.shape[1] else jnp.zeros(0), rank, singular


def sizes(n: int, size: Any) -> tuple[int, ...]:
    return (size,) * n if isinstance(size, int) else tuple(size)


def conv(n: int, x: Any, w: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
         groups: int = 1) -> Any:
    if x.ndim == n + 1:
        return conv(n, x[None], w, bias, stride, padding, dilation, groups)[0]
    pads = padding.upper() if isinstance(padding, str) else [(p, p) for p in sizes(n, padding)]
    y = lax.conv_general_dilated(x, w, sizes(n, stride), pads, rhs_dilation=sizes(n, dilation),
                                 feature_group_count=groups)
    return y if bias is None else y + bias.reshape(-1, *(1,) * n)


def conv_transpose(n: int, x: Any, w: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
                   groups: int = 1, dilation: Any = 1) -> Any:
    space = [
        (i - 1) * s - 2 * p + d * (k - 1) + more + 1
        for i, k, s, p, d, more in zip(x.shape[2:], w.shape[2:], *(
            sizes(n, size) for size in (stride, padding, dilation, output_padding)), strict=True)
    ]
    def forward(y: Any) -> Any:  # a large output_padding leaves room for more than came out of it
        out = conv(n, y, w, stride=stride, padding=padding, dilation=dilation, groups=groups)
        return out[(..., *map(slice, x.shape[2:]))]

    (y,) = jax.linear_transpose(forward, jnp.zeros((len(x), w.shape[1] * groups, *space)))(x)
    return y if bias is None else y + bias.reshape(-1, *(1,) * n)


def running(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axis=None: function(x.ravel(), 0) if axis is None else function(x, axis % x.ndim)


def along(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axis=-1: function(jnp.atleast_1d(x), axis).reshape(x.shape)


def topk(x: Any, k: int, axis: int = -1, *, largest: bool = True) -> Any:
    x = jnp.moveaxis(x, axis, -1)
    values, at = lax.top_k(x if largest else -x, k)
    return tuple(jnp.moveaxis(y, -1, axis) for y in (values if largest else -values, at))


RENAMED: dict[str, Callable[..., Any]] = {
    "astype": lambda x, dtype: x.astype(dtype),
    "choose": lambda index, xs: jnp.choose(index, xs, mode="clip"),
    "clone": jnp.copy,
    "compress": lambda where, x, axis=None: jnp.compress(where, x, axis, size=np.sum(where)),
    "conv1d": functools.partial(conv, 1),
    "conv2d": functools.partial(conv, 2),
    "conv_transpose1d": functools.partial(conv_transpose, 1),
    "conv_transpose2d": functools.partial(conv_transpose, 2),
    "cummax": running(lax.cummax),
    "cummin": running(lax.cummin),
    "delete": with_array("obj")(jnp.delete),
    "extract": lambda where, x: jnp.extract(where, x, size=np.sum(where)),
    "fftshift": jnp.fft.fftshift,
    "fill_diagonal": functools.partial(jnp.fill_diagonal, inplace=False),
    "fix": jnp.trunc,
    "gelu": functools.partial(nn.gelu, approximate=False),
    "getitem": lambda x, index: x[index],
    "ifftshift": jnp.fft.ifftshift,
    "insert": lambda x, at, values, axis=None: jnp.insert(x, np.array(at), values, axis),
    "log_softmax": along(nn.log_softmax),
    "logcumsumexp": running(lax.cumlogsumexp),
    "lstsq": lstsq,
    "nanpercentile": with_array("q")(jnp.nanpercentile),
    "nanquantile": with_array("q")(jnp.nanquantile),
    "overwrite": lambda x, value, place: x.at[place[0][1]["index"]].set(value),
    "percentile": with_array("q")(jnp.percentile),
    "put_along_axis": functools.partial(jnp.put_along_axis, inplace=False),
    "quantile": with_array("q")(jnp.quantile),
    "repeat": with_array("repeats")(jnp.repeat),
    "scatter_add": lambda x, index, shape: jnp.zeros(shape).at[index].add(x),
    "softmax": along(nn.softmax),
    "softsign": nn.soft_sign,
    "topk": topk,
    "take": with_array("indices")(jnp.take),
}
"""What JAX calls by another name, or takes in another way."""

UNDETERMINED = {"partition": "the order on either side of kth is anybody's"}
"""Entries that JAX may answer in another way."""

SLOW = {"expm": "JAX takes 10 s to compile the second derivative"}
"""Entries that are compared to order 1 only."""

PARTLY: dict[str, str] = {
    "convolve": "of 1-d arrays only",
    "delete": "no booleans",
    "fill_diagonal": "no wrap=True",
    "gradient": "no edge_order",
    "meshgrid": "of 1-d arrays only",
    "pad": "one width for each side of every axis only",
    "quantile": "no q of two axes",
    "split": "indices in rising order only",
    "tril": "of matrices only",
    "triu": "of matrices only",
}
"""Entries of which JAX refuses some calls."""


def counterpart(name: str) -> Callable[..., Any] | None:
    """JAX's function of that meaning, if it has one."""
    if name in UNDETERMINED:
        return None
    return RENAMED.get(name) or next((getattr(place, name) for place in PLACES if hasattr(place, name)), None)
