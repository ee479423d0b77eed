"""The worked example of every course."""

import autograd_core as ag


def leaf(value, name=None):
    return ag.tensor(value, requires_grad=True, name=name)


def worked():
    x, y, z = leaf(-2.0, "x"), leaf(5.0, "y"), leaf(-4.0, "z")
    q = x + y
    q.name = "q"
    f = q * z
    f.name = "f"
    return f
