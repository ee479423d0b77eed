"""A Gaussian process that finds its own length scale, amplitude and noise.

The log marginal likelihood of data y at x, under a kernel matrix K with parameters θ, is

    L(θ) = -½ yᵀ K⁻¹ y - ½ log det K - n/2 log 2π.

It is written down below as NumPy would have it; its gradient comes from the engine. By hand, with α = K⁻¹ y, it is
∂L/∂θ = ½ tr((α αᵀ - K⁻¹) ∂K/∂θ). (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, eq. 5.9)
"""

import math

import numpy as np

import autograd_core as ag


def kernel(theta, x):
    """amplitude² exp(-(x - x')² / 2 length²) + noise² I; the parameters are logarithms, so that any value will do."""
    distance = (x[:, None] - x[None, :]) / np.exp(theta["length"])
    signal = np.exp(2 * theta["amplitude"]) * np.exp(-0.5 * distance**2)
    return signal + np.exp(2 * theta["noise"]) * np.eye(len(x))


def log_likelihood(theta, x, y):
    root = np.linalg.cholesky(kernel(theta, x))  # K = R Rᵀ, so log det K = 2 Σ log Rᵢᵢ
    z = np.linalg.solve(root, y)
    return -0.5 * (z @ z) - np.log(np.diagonal(root)).sum() - 0.5 * len(y) * math.log(2 * math.pi)


def fit(theta, x, y, steps=200, rate=0.02):
    """Gradient ascent."""
    step = ag.value_and_grad(log_likelihood)
    history = []
    for _ in range(steps):
        value, slope = step(theta, x, y)
        theta = {name: theta[name] + rate * slope[name].item() for name in theta}
        history.append(value.item())
    return theta, history


def data(n=30, noise=0.1, seed=0):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-3, 3, n))
    return x, np.sin(2 * x) + noise * rng.standard_normal(n)


def main():
    x, y = data()
    theta, history = fit({"length": 0.0, "amplitude": 0.0, "noise": -1.0}, x, y)
    print(f"log likelihood: {history[0]:.2f} at first, {history[-1]:.2f} after {len(history)} steps")
    print({name: round(math.exp(value), 3) for name, value in theta.items()}, "(the noise in the data is 0.1)")


if __name__ == "__main__":
    main()
