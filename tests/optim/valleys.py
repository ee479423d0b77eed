"""The classic functions that are hard to minimize, with their standard starting points; and a logistic regression."""

import numpy as np
import pytest

import autograd_core as ag


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def beale(x):
    a, b = x[0], x[1]
    return (1.5 - a + a * b) ** 2 + (2.25 - a + a * b**2) ** 2 + (2.625 - a + a * b**3) ** 2


def powell(x):
    """Powell's singular function: its Hessian is singular at the minimum, 0."""
    return (x[0] + 10 * x[1]) ** 2 + 5 * (x[2] - x[3]) ** 2 + (x[1] - 2 * x[2]) ** 4 + 10 * (x[0] - x[3]) ** 4


def breast_cancer():
    """The loss of a logistic regression on scikit-learn's breast-cancer data, standardized, with a small L2 penalty."""
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn has the data: pip install scikit-learn")
    data = datasets.load_breast_cancer()
    x = np.column_stack([(data.data - data.data.mean(0)) / data.data.std(0), np.ones(len(data.data))])
    sign = 2.0 * data.target - 1
    return lambda w: ag.softplus(-sign * (x @ w)).mean() + 0.005 * (w @ w)


VALLEYS = {
    "Rosenbrock, 2": (lambda: rosenbrock, np.array([-1.2, 1.0])),
    "Rosenbrock, 100": (lambda: rosenbrock, np.tile([-1.2, 1.0], 50)),
    "Beale": (lambda: beale, np.array([1.0, 1.0])),
    "Powell": (lambda: powell, np.array([3.0, -1.0, 0.0, 1.0])),
    "breast cancer": (breast_cancer, np.zeros(31)),
}
