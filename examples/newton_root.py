"""Newton's method for the root of a system of equations, with the Jacobian from the engine.

x² + y² = 4 and x y = 1 meet where (x + y)² = 6 and (x - y)² = 2, that is at x, y = (√6 ± √2) / 2. Near the root every
step doubles the number of right digits; a Jacobian that is even slightly wrong loses that.
"""

import math

import numpy as np

import autograd_core as ag


def circle_and_hyperbola(p):
    x, y = p
    return np.stack([x * x + y * y - 4, x * y - 1])


def newton(f, p, steps=6):
    """p - J⁻¹ f(p), again and again."""
    jacobian = ag.jacobian(f)
    path = [p]
    for _ in range(steps):
        p = p - np.linalg.solve(jacobian(p).numpy(), f(p))
        path.append(p)
    return path


ROOT = np.array([math.sqrt(6) + math.sqrt(2), math.sqrt(6) - math.sqrt(2)]) / 2


def main():
    for step, p in enumerate(newton(circle_and_hyperbola, np.array([2.0, 1.0]))):
        print(f"step {step}: ({p[0]:.12f}, {p[1]:.12f}), off by {np.abs(p - ROOT).max():.1e}")


if __name__ == "__main__":
    main()
