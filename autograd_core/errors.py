"""What can go wrong, each with a class that also is the built-in exception people already catch."""

from numpy.linalg import LinAlgError


class AutogradError(Exception):
    """Base of every error this package raises on purpose; its message says what to do."""


class ShapeError(AutogradError, ValueError):
    """Shapes, axes or values that an op cannot take."""


class OptionError(AutogradError, ValueError):
    """A setting with which a layer, a loss, an optimizer or a function cannot work."""


class StateError(AutogradError, RuntimeError, ValueError):
    """A saved state that does not fit what it is loaded into, or a thing that is not yet in a state to be used."""


class DTypeError(AutogradError, TypeError):
    """An operand of a type or dtype that an op cannot take."""


class MatrixError(ShapeError, LinAlgError):
    """A matrix that has not what was asked for: an inverse, a Cholesky factor, full rank."""


class SelectionError(AutogradError, IndexError):
    """An index outside its tensor, or of a kind that does not select."""


class GraphError(AutogradError, RuntimeError):
    """A backward pass that the recorded graph cannot give."""


class SavedArrayError(GraphError):
    """An array that a pending backward needs was written to after it was saved."""


class AnomalyError(AutogradError, FloatingPointError):
    """An op or a derivative gave NaN or an infinity, under ``detect_anomaly``."""


class InPlaceError(AutogradError, RuntimeError):
    """A write that cannot be recorded, or that has no single memory to go to."""


class UnsupportedError(AutogradError, NotImplementedError):
    """A NumPy function or option that has no derivative rule here."""


class CoercionError(AutogradError, TypeError):
    """NumPy asked for the raw array of a tensor that is part of a graph."""


class MissingExtraError(AutogradError, ImportError):
    """A package that an optional part needs is not installed; the message names the extra that brings it."""

    def __init__(self, what: str, package: str, extra: str) -> None:
        super().__init__(f'{what}: needs {package}. Install it from the clone: pip install ".[{extra}]".')
