"""The pytest plugin, in test sessions of its own."""

import subprocess
import sys

import pytest

import autograd_core as ag

pytest_plugins = ["pytester"]

PLUGIN = "autograd_core_pytest"
WRONG = "import autograd_core as ag\nimport pytest\ndef wrong(x): return x * x.detach()\n"


@pytest.fixture
def session(pytester):
    """Run a file of tests with options; warnings are errors."""

    def run(code, *options):
        pytester.makepyfile(WRONG + code)
        return pytester.runpytest_inprocess("-p", PLUGIN, "-W", "error", "--strict-markers", *options)

    return run


def test_the_fixture_is_gradcheck(session):
    result = session("""
def test_right(gradcheck):
    assert gradcheck(ag.tanh, 0.5).passed
def test_wrong(gradcheck):
    gradcheck(wrong, 3.0)
""")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E*GradcheckError: *input 0*"])


ORDER_AND_SEED = """
def test_them(gradcheck):
    report = gradcheck(ag.tanh, 0.5)
    print(f"order {report.order} seed {report.seed}")
"""


def test_defaults_are_gradchecks_own(session):
    own = ag.testing.gradcheck(ag.tanh, 0.5)
    result = session(ORDER_AND_SEED, "-s")
    result.stdout.fnmatch_lines([f"*order {own.order} seed {own.seed}*"])
    assert "gradcheck:" not in result.stdout.str()


def test_the_command_line_sets_defaults_and_the_header_says_so(session):
    result = session(ORDER_AND_SEED, "-s", "--gradcheck-order=3", "--gradcheck-seed=7")
    result.stdout.fnmatch_lines(["gradcheck: order=3, seed=7", "*order 3 seed 7*"])


def test_the_ini_file_sets_defaults_that_the_command_line_overrides(session, pytester):
    pytester.makeini("[pytest]\ngradcheck_order = 1\ngradcheck_seed = 5\n")
    session(ORDER_AND_SEED, "-s", "--gradcheck-seed=6").stdout.fnmatch_lines(["*order 1 seed 6*"])


def test_the_closest_marker_overrides_both_and_an_argument_overrides_all(session):
    result = session("""
@pytest.mark.gradcheck(order=1, seed=3)
class TestClass:
    @pytest.mark.gradcheck(seed=4)
    def test_marker(self, gradcheck):
        report = gradcheck(ag.tanh, 0.5)
        assert (report.order, report.seed) == (1, 4)
        assert gradcheck(ag.tanh, 0.5, seed=9).seed == 9
def test_no_marker(gradcheck):
    assert gradcheck(ag.tanh, 0.5).order == 2
""", "--gradcheck-order=2")
    result.assert_outcomes(passed=2)


def test_a_marker_takes_options_by_name(session):
    result = session("@pytest.mark.gradcheck(1)\ndef test_it(gradcheck): pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*takes options by name*"])


def test_an_ini_value_that_is_no_integer_is_refused(session, pytester):
    pytester.makeini("[pytest]\ngradcheck_order = two\n")
    result = session(ORDER_AND_SEED)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*gradcheck_order = two: expected an integer.*"])


SECTION = ["*- gradcheck -*", "gradcheck: *input 0*",
           "reproduce: pytest *test_wrong* --gradcheck-order=1 --gradcheck-seed=7"]


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["here", "xdist"])
def test_a_failure_says_how_to_find_it_again(session, options):
    if options:
        pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    code = "def test_wrong(gradcheck): gradcheck(wrong, 3.0)\n"
    result = session(code, "--gradcheck-order=1", "--gradcheck-seed=7", *options)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(SECTION)


def test_gradcheck_called_directly_gets_the_section_too(session):
    code = "def test_wrong(): ag.testing.gradcheck(wrong, 3.0, order=1, seed=7)\n"
    session(code).stdout.fnmatch_lines(SECTION)


def test_every_error_of_a_group_gets_a_section(session):
    result = session("""
def test_wrong():
    errors = []
    for seed in (3, 4):
        with pytest.raises(ag.testing.GradcheckError) as caught:
            ag.testing.gradcheck(wrong, 3.0, seed=seed)
        errors.append(caught.value)
    raise ExceptionGroup("two", errors)
""")
    result.stdout.fnmatch_lines(["reproduce:*seed=3", "reproduce:*seed=4"])


def test_other_failures_get_no_section(session):
    assert "reproduce:" not in session("def test_it(): assert False\n").stdout.str()


def test_hypothesis_and_the_fixture_go_together(session):
    pytest.importorskip("hypothesis", reason="hypothesis is not installed")
    result = session("""
from hypothesis import given, settings
from autograd_core.testing.strategies import arrays
@settings(database=None, max_examples=20)
@given(arrays())
def test_wrong(gradcheck, x):
    if x.size > 2:
        gradcheck(wrong, x, order=1, seed=7)
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*x=array([[] 0.25, -0.75,  1.25[]])*", *SECTION])


def test_loading_the_plugin_imports_neither_numpy_nor_the_package_nor_hypothesis():
    code = f"import sys, {PLUGIN}; print([m for m in ('numpy', 'autograd_core', 'hypothesis') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
