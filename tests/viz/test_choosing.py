"""What a caller points at, and what is said when it is not there."""

import pytest

import autograd_core as ag
import viz
from autograd_core.errors import SelectionError
from autograd_core.modes import module_path


@pytest.fixture
def output():
    x = ag.tensor(0.5, requires_grad=True, name="x")
    with module_path("layer"):
        return ag.tanh(x) * 2


CALLERS = [("draw", viz.draw), ("diff", lambda output, **options: viz.diff(output, output, **options))]


@pytest.mark.parametrize(("name", "function"), CALLERS)
@pytest.mark.parametrize("options", [{"fold": "nobody"}, {"focus": "nobody"}, {"focus": ag.tensor(1.0)}, {"depth": -1}])
def test_messages_name_the_caller(output, name, function, options):
    with pytest.raises((SelectionError, ag.OptionError), match=rf"^{name}: .*{next(iter(options))}="):
        function(output, **options)


def test_names_outside_modules_have_no_dot_in_front(output):
    with pytest.raises(SelectionError, match=r"among them 'x'") as failed:
        viz.draw(output, focus="xx")
    assert "'.x'" not in str(failed.value)
    with pytest.raises(SelectionError, match=r"'\.x' is no name"):
        viz.draw(output, focus=".x")
    assert "tanh" in viz.draw(output, focus="layer.tanh").source
