"""Optimizers once more in plain NumPy, straight from their formulas, with nothing in place: the oracle where there is
no other. Each takes options, and gives a function from (p, g) to the next p.
"""

import math

import numpy as np


def sgd_averaged(lr, momentum):
    m = 0.0

    def step(p, g):
        nonlocal m
        m = momentum * m + (1 - momentum) * g
        return p - lr * m

    return step


def adam_without_correction(lr, betas, eps):
    (b1, b2), m, v = betas, 0.0, 0.0

    def step(p, g):
        nonlocal m, v
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        return p - lr * m / (np.sqrt(v) + eps)

    return step


def amsgrad_of_the_notes(lr, betas, eps, weight_decay=0.0, maximize=False):
    (b1, b2), m, v = betas, 0.0, 0.0

    def step(p, g):
        nonlocal m, v
        g = (-g if maximize else g) + weight_decay * p
        m, v = b1 * m + (1 - b1) * g, np.maximum(b2 * v + (1 - b2) * g**2, v)
        return p - lr * m / (np.sqrt(v) + eps)

    return step


def gains(lr, increase, decrease, bounds, momentum=0.0, maximize=False):
    gain, before = 1.0, None

    def step(p, g):
        nonlocal gain, before
        g = -g if maximize else g
        agree = np.zeros_like(g) if before is None else g * before
        gain = np.where(agree > 0, gain + increase, np.where(agree < 0, gain * decrease, gain))
        gain = np.clip(gain, *bounds)
        velocity = gain * g + momentum * (0.0 if before is None else before)
        before = velocity if momentum else g
        return p - lr * velocity

    return step


def lion(lr, betas, weight_decay=0.0, maximize=False):
    (b1, b2), m = betas, 0.0

    def step(p, g):
        nonlocal m
        g = -g if maximize else g
        c, m = b1 * m + (1 - b1) * g, b2 * m + (1 - b2) * g
        return p - lr * (np.sign(c) + weight_decay * p)

    return step


def lamb(lr, betas, eps, weight_decay=0.0, maximize=False):
    (b1, b2), m, v, t = betas, 0.0, 0.0, 0

    def step(p, g):
        nonlocal m, v, t
        t += 1
        g = -g if maximize else g
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        r = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps) + weight_decay * p
        size, length = math.sqrt((p**2).sum()), math.sqrt((r**2).sum())
        return p - lr * (size / length if size and length else 1.0) * r

    return step


def swats(lr, betas, eps, tolerance, weight_decay=0.0, maximize=False):
    (b1, b2), m, v, t, mean, k, rate = betas, 0.0, 0.0, 0, 0.0, 0, None

    def step(p, g):
        nonlocal m, v, t, mean, k, rate
        t += 1
        g = (-g if maximize else g) + weight_decay * p
        if rate is not None:
            v = b1 * v + g
            return p - (1 - b1) * rate * v
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        s = -lr * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps)
        if (s * g).sum() != 0:
            k += 1
            gamma = (s * s).sum() / -(s * g).sum()
            mean = b2 * mean + (1 - b2) * gamma
            candidate = mean / (1 - b2**k)
            if k > 1 and candidate > 0 and abs(candidate - gamma) < tolerance:
                rate, v = candidate, 0.0
        return p + s

    return step


def gd(lr, maximize=False):
    return lambda p, g: p + lr * g if maximize else p - lr * g


BY_NAME = {
    "GD": gd, "AMSGrad": amsgrad_of_the_notes, "AdaptiveGains": gains, "Lion": lion, "LAMB": lamb, "SWATS": swats,
}
