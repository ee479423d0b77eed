"""How the solution of a differential equation depends on its parameters.

Logistic growth x' = r x (1 - x/K) from x(0) = x0 has a solution in closed form,

    x(t) = K / (1 + (K/x0 - 1) exp(-r t)),

and so have its derivatives. We know only the equation: Runge-Kutta's steps are ordinary arithmetic, and differentiating
through them gives the derivatives of the numerical solution by all parameters at once.
"""

import numpy as np

import autograd_core as ag


def rk4_step(f, x, h):
    """One step of the classical Runge-Kutta method for x' = f(x)."""
    k1 = f(x)
    k2 = f(x + h / 2 * k1)
    k3 = f(x + h / 2 * k2)
    k4 = f(x + h * k3)
    return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def solve(parameters, t=2.0, steps=40):
    x = parameters["x0"]
    for _ in range(steps):
        x = rk4_step(lambda x: parameters["r"] * x * (1 - x / parameters["K"]), x, t / steps)
    return x


def sensitivities_by_hand(parameters, t=2.0):
    r, k, x0 = (parameters[name] for name in ("r", "K", "x0"))
    decay = np.exp(-r * t)
    x = k / (1 + (k / x0 - 1) * decay)
    return {
        "r": x**2 / k * (k / x0 - 1) * t * decay,
        "K": x / k - x**2 / (k * x0) * decay,
        "x0": x**2 / x0**2 * decay,
    }


def main():
    parameters = {"r": 1.3, "K": 2.0, "x0": 0.25}
    value, found = ag.value_and_grad(solve)(parameters)
    print(f"x(2) = {value.item():.8f}")
    for name, exact in sensitivities_by_hand(parameters).items():
        print(f"dx(2)/d{name:2} = {found[name].item():.8f}, by hand {exact:.8f}")


if __name__ == "__main__":
    main()
