"""What names of parameters tell: weight or bias, and of which layer."""

from __future__ import annotations

from typing import Literal

Kind = Literal["weights", "biases", "others"]


def kind_of(name: str) -> Kind:
    """Whether a parameter holds weights, biases, or something else, by the last part of its name.

    Example:
        >>> [kind_of(name) for name in ("0.weight", "rnn.bias_ih", "bias.gamma")]
        ['weights', 'biases', 'others']
    """
    last = name.rpartition(".")[2]
    return "biases" if "bias" in last else "weights" if "weight" in last else "others"


def layer_of(name: str) -> str:
    """What a weight and its bias have in common: the name without those two words.

    Example:
        >>> [layer_of(name) for name in ("0.weight", "0.bias", "rnn.weight_ih", "norm.gamma", "weight")]
        ['0', '0', 'rnn.ih', 'norm.gamma', 'the layer']
    """
    before, _, last = name.rpartition(".")
    if kind_of(name) != "others":
        last = last.replace("weight", "").replace("bias", "").strip("_")
    return ".".join(part for part in (before, last) if part) or "the layer"
