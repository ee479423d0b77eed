"""Black-box variational inference: fit a normal distribution to a posterior that we can only evaluate.

The model: an unknown mean m ~ N(0, 1), and data xᵢ ~ N(m, 1). The method knows nothing of it but log p(m, x). It
raises the evidence lower bound E[log p(m, x)] + entropy of q over q = N(mean, std²), where draws are m = mean + std ε,
so that derivatives pass through them. (Kingma and Welling, 2014; Ranganath and others, 2014)

This model is conjugate: the posterior is N(Σ xᵢ / (n + 1), 1 / (n + 1)), and we can see whether the method finds it.
"""

import math

import numpy as np

import autograd_core as ag


def log_joint(m, x):
    """log p(m) + log p(x | m), up to a constant, for every draw in m."""
    return -0.5 * m**2 - 0.5 * ((x - m[:, None]) ** 2).sum(axis=1)


def elbo(q, log_density, noise):
    """A Monte Carlo estimate of the evidence lower bound, up to a constant."""
    draws = q["mean"] + np.exp(q["log_std"]) * noise
    return log_density(draws).mean() + q["log_std"]


def fit(log_density, steps=300, rate=0.04, draws=64, seed=0):
    rng = np.random.default_rng(seed)
    slope = ag.grad(elbo)
    q = {"mean": 0.0, "log_std": 0.0}
    for _ in range(steps):
        noise = rng.standard_normal(draws // 2)
        noise = np.concatenate([noise, -noise])  # in pairs and to scale, so that the draws' mean and variance are exact
        g = slope(q, log_density, noise / noise.std())
        q = {name: q[name] + rate * g[name].item() for name in q}
    return q["mean"], math.exp(q["log_std"])


def posterior_by_hand(x):
    return x.sum() / (len(x) + 1), (len(x) + 1) ** -0.5


def main():
    x = 1.5 + np.random.default_rng(1).standard_normal(20)
    print("found   mean {:.6f}, standard deviation {:.6f}".format(*fit(lambda m: log_joint(m, x))))
    print("by hand mean {:.6f}, standard deviation {:.6f}".format(*posterior_by_hand(x)))


if __name__ == "__main__":
    main()
