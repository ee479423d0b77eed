"""The line search: what it promises, on lines of every kind."""

import math

import numpy as np
import pytest

from optim.line_search import Trial, _cubic_minimum, strong_wolfe

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis draws the lines: pip install hypothesis")
st = hypothesis.strategies


def line(phi, slope):
    """A function of the step, and how often it was asked."""
    asked = []

    def along(t):
        asked.append(t)
        return Trial(t, phi(t), slope(t))

    return along, asked


def wolfe(trial, start, c1=1e-4, c2=0.9):
    low = trial.value <= start.value + c1 * trial.step * start.slope
    return low and abs(trial.slope) <= c2 * abs(start.slope)


# From Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease", 1994, section 5.
MORE_THUENTE = {
    "1": (lambda t: -t / (t * t + 2), lambda t: (t * t - 2) / (t * t + 2) ** 2),
    "2": (lambda t: (t + 0.004) ** 5 - 2 * (t + 0.004) ** 4,
          lambda t: 5 * (t + 0.004) ** 4 - 8 * (t + 0.004) ** 3),
}


@pytest.mark.parametrize("first", [1e-3, 1e-1, 10.0, 1e3])
@pytest.mark.parametrize("name", MORE_THUENTE)
def test_the_textbook_lines_from_any_first_step(name, first):
    along, asked = line(*MORE_THUENTE[name])
    start = along(0.0)
    trial = strong_wolfe(along, start, first, c2=0.1)
    assert wolfe(trial, start, c2=0.1)
    assert len(asked) <= 16


@hypothesis.given(
    st.floats(0.01, 100), st.floats(0, 3), st.floats(0.1, 20), st.floats(0, 6), st.floats(-3, 3), st.floats(1e-3, 0.9))
def test_wavy_bowls(at, wave, rate, phase, first, c2):
    def phi(t):
        return (t - at) ** 2 + wave * math.sin(rate * t + phase)

    def slope(t):
        return 2 * (t - at) + wave * rate * math.cos(rate * t + phase)

    along, asked = line(phi, slope)
    start = along(0.0)
    hypothesis.assume(start.slope < -1e-3)
    trial = strong_wolfe(along, start, 10**first, c2=c2, max_trials=60, narrowest=0)
    assert wolfe(trial, start, c2=c2) or trial.value <= start.value + 1e-12  # a tie of rounding may end it
    assert trial.step in asked
    assert len(asked) <= 62


@pytest.mark.parametrize("outside", [math.nan, math.inf])
def test_a_step_beyond_the_domain_is_taken_back(outside):
    def along(t):  # t² - 2e-3 t, walled in at 1e-2
        return Trial(t, t * t - 2e-3 * t, 2 * t - 2e-3) if t < 1e-2 else Trial(t, outside, outside)

    start = along(0.0)
    assert wolfe(strong_wolfe(along, start, 1.0, c2=0.1), start, c2=0.1)


def test_out_of_trials_the_lowest_known_comes_back():
    along, asked = line(lambda t: (t - 1e6) ** 2, lambda t: 2 * (t - 1e6))
    start = along(0.0)
    trial = strong_wolfe(along, start, 1e-6, c2=1e-3, max_trials=3)
    assert len(asked) == 5
    assert trial.value == min(start.value, *(phi for phi in ((t - 1e6) ** 2 for t in asked)))
    uphill = strong_wolfe(lambda t: Trial(t, 1.0 + t, -1.0), Trial(0.0, 1.0, -1.0), 1.0)  # the slope lies
    assert uphill.step == 0


@hypothesis.given(st.lists(st.floats(-3, 3), min_size=4, max_size=4), st.floats(-2, 2), st.floats(0.1, 4))
def test_the_cubic_minimum_is_that_of_the_cubic(coefficients, left, width):
    cubic = np.polynomial.Polynomial(coefficients)
    slope, right = cubic.deriv(), left + width
    ends = [Trial(t, float(cubic(t)), float(slope(t))) for t in (left, right)]
    found = _cubic_minimum(*ends, left, right)
    assert found == _cubic_minimum(*ends[::-1], left, right)
    assert left <= found <= right
    if coefficients[3] > 1e-2 and left < found < right and found != (left + right) / 2:
        assert abs(slope(found)) < 1e-6 * (1 + np.abs(coefficients).max() * 30)
        assert slope.deriv()(found) > -1e-6


def test_the_cubic_minimum_of_lines_and_cliffs_is_the_middle():
    assert _cubic_minimum(Trial(0, 0.0, -1.0), Trial(2, -2.0, -1.0), 0, 2) == 1
    assert _cubic_minimum(Trial(0, 0.0, -1.0), Trial(2, math.inf, math.nan), 0, 2) == 1
