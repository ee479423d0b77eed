"""A layer whose output is the solution of an equation, differentiated without looking at the solver.

z = tanh(W z + c) is solved by repetition, as often as it takes. The implicit function theorem needs only the solution:
with D = diag(1 - z²), small changes obey dz = D (dW z + W dz + dc), hence dz = (I - D W)⁻¹ D (dW z + dc). A gradient g
therefore goes back as u = D (I - D W)⁻ᵀ g, to c as u and to W as u zᵀ. Nothing of the iteration is kept.
"""

import numpy as np

import autograd_core as ag


def back(g, z, W):
    """D (I - D W)⁻ᵀ g."""
    d = 1 - z * z
    return d * np.linalg.solve(np.eye(len(z)) - W.T * d, g)


@ag.custom_derivative(W=lambda g, y, W: np.outer(back(g, y, W), y), c=lambda g, y, W: back(g, y, W))
def equilibrium(W, c, tolerance=1e-14):
    """The z with z = tanh(W z + c), for a W that is small enough."""
    z = np.zeros_like(c)
    while True:
        z, before = np.tanh(W @ z + c), z
        if np.abs(z - before).max() < tolerance:
            return z


def unrolled(W, c, steps=100):
    """The same by differentiating through every step: slower, and all of them are kept."""
    z = np.zeros(len(c))
    for _ in range(steps):
        z = np.tanh(W @ z + c)
    return z


def main():
    rng = np.random.default_rng(0)
    W, c = 0.3 * rng.standard_normal((4, 4)), rng.standard_normal(4)
    for layer in (equilibrium, unrolled):
        by_c = ag.grad(lambda c, layer=layer: (layer(W, c) ** 2).sum())(c)
        print(f"{layer.__name__:11} d loss / d c = {by_c.numpy()}")
    print("to second order too:", ag.testing.gradcheck(equilibrium, W, c))


if __name__ == "__main__":
    main()
