"""The Hessian of Rosenbrock's valley, and Newton's method down it.

f(x, y) = (1 - x)² + 100 (y - x²)² has its minimum at (1, 1), at the bottom of a long bent valley. Its Hessian can be
written down by hand, so it shows whether ours is right:

    [[1200 x² - 400 y + 2,  -400 x],
     [-400 x,                  200]]
"""

import numpy as np

import autograd_core as ag


def rosenbrock(p):
    x, y = p
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def hessian_by_hand(p):
    x, y = p
    return np.array([[1200 * x**2 - 400 * y + 2, -400 * x], [-400 * x, 200]])


def newton(f, p, steps):
    """Newton's method for a minimum: go where the quadratic that touches f at p has its own."""
    gradient, hessian = ag.grad(f), ag.hessian(f)
    path = [p]
    for _ in range(steps):
        p = p - np.linalg.solve(hessian(p).numpy(), gradient(p).numpy())
        path.append(p)
    return np.array(path)


def main():
    start = np.array([-1.2, 1.0])
    print("Hessian at", start, "\n", ag.hessian(rosenbrock)(start).numpy())
    print("by hand\n", hessian_by_hand(start))
    for step, p in enumerate(newton(rosenbrock, start, 7)):
        print(f"step {step}: ({p[0]:+.10f}, {p[1]:+.10f})  f = {rosenbrock(p):.3e}")


if __name__ == "__main__":
    main()
