"""The pytest plugin: a ``gradcheck`` fixture, its marker and options, and a section in the report of a failure.

It stands beside the package, which it imports only when a test checks a gradient: pytest loads plugins at every start,
also for tests that know nothing of gradients, and NumPy and the derivative table would come with it.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autograd_core.testing import GradcheckError, Report

OPTIONS = {"order": "how often gradcheck differentiates", "seed": "the seed of gradcheck's random directions"}


class Gradcheck:
    """What the fixture gives: gradcheck with the project's defaults."""

    def __init__(self, defaults: dict[str, int]) -> None:
        self.defaults = defaults  # from the command line, else from the ini file
        self.marked: dict[str, Any] = {}  # from the markers of the test that is running

    def __call__(self, f: Any, *inputs: Any, **options: Any) -> Report:
        """Check the derivatives of ``f`` at ``inputs``, as ``autograd_core.testing.gradcheck`` does.

        Args:
            f: as for gradcheck.
            inputs: as for gradcheck.
            options: as for gradcheck; they override the marker, which overrides the command line.

        Returns:
            A Report.

        Raises:
            GradcheckError: something is wrong.
        """
        from autograd_core.testing import gradcheck

        return gradcheck(f, *inputs, **{**self.defaults, **self.marked, **options})


GRADCHECK = pytest.StashKey[Gradcheck]()


@pytest.fixture(scope="session")  # hypothesis re-runs a test, not its function-scoped fixtures, and complains of them
def gradcheck(pytestconfig: pytest.Config) -> Gradcheck:
    """``autograd_core.testing.gradcheck``, with defaults from the marker, the command line and the ini file."""
    return pytestconfig.stash[GRADCHECK]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --gradcheck-order and --gradcheck-seed, and the same for ini files."""
    group = parser.getgroup("gradcheck", "gradient checks (autograd-core)")
    for name, what in OPTIONS.items():
        group.addoption(f"--gradcheck-{name}", type=int, metavar="N", help=f"{what}, in the gradcheck fixture")
        parser.addini(f"gradcheck_{name}", f"{what}, unless --gradcheck-{name} says otherwise", default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options and make the marker known."""
    config.addinivalue_line(
        "markers", "gradcheck(order=..., seed=..., ...): options for the gradcheck fixture in this test")
    config.stash[GRADCHECK] = Gradcheck({name: n for name in OPTIONS if (n := _default(config, name)) is not None})


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which defaults are not gradcheck's own."""
    defaults = config.stash[GRADCHECK].defaults
    return f"gradcheck: {', '.join(f'{name}={n}' for name, n in defaults.items())}" if defaults else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Take options from the markers of this test: the closest marker says the last word."""
    checker = item.config.stash[GRADCHECK]
    checker.marked = {}
    for marker in reversed(list(item.iter_markers("gradcheck"))):
        if marker.args:
            raise pytest.UsageError(f"@pytest.mark.gradcheck takes options by name, as in order=1; got {marker.args}.")
        checker.marked |= marker.kwargs


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
        item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what gradcheck found, and how to find it again, to the report of a failed test."""
    report = yield
    for error in _gradcheck_errors(call.excinfo.value if call.excinfo else None):
        found = error.report
        again = f"{shlex.quote(item.nodeid)} --gradcheck-order={found.order} --gradcheck-seed={found.seed}"
        report.sections.append(("gradcheck", f"{found}\nreproduce: pytest {again}"))
    return report


def _default(config: pytest.Config, name: str) -> int | None:
    """What the command line says, else the ini file, else None."""
    given: int | None = config.getoption(f"gradcheck_{name}")
    ini: str | None = config.getini(f"gradcheck_{name}")
    if given is not None or ini is None:
        return given
    try:
        return int(ini)
    except ValueError:
        raise pytest.UsageError(f"gradcheck_{name} = {ini}: expected an integer.") from None


def _gradcheck_errors(error: BaseException | None) -> Iterator[GradcheckError]:
    """The GradcheckErrors in ``error``, which may be a group: hypothesis raises one for several failures."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _gradcheck_errors(one)
    elif (package := sys.modules.get("autograd_core.testing")) and isinstance(error, package.GradcheckError):
        yield error
