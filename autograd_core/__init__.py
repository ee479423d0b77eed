"""autograd-core: automatic differentiation on NumPy that a person can see through.

>>> import autograd_core as ag
>>> x, y, z = (ag.tensor(v, requires_grad=True) for v in (-2.0, 5.0, -4.0))
>>> f = (x + y) * z
>>> f.backward()
>>> f, x.grad, y.grad, z.grad
(tensor(-12., op=multiply), tensor(-4.), tensor(-4.), tensor(3.))
"""

from .backward import gradients as gradients

# The whole table: an op in the __all__ of one of these files is public here too.
from .derivatives.elementwise import *  # noqa: F403
from .derivatives.indexing import *  # noqa: F403
from .derivatives.products import *  # noqa: F403
from .derivatives.reductions import *  # noqa: F403
from .derivatives.shapes import *  # noqa: F403
from .derivatives.special import *  # noqa: F403
from .errors import AutogradError as AutogradError
from .errors import CoercionError as CoercionError
from .errors import DTypeError as DTypeError
from .errors import GraphError as GraphError
from .errors import InPlaceError as InPlaceError
from .errors import SavedArrayError as SavedArrayError
from .errors import SelectionError as SelectionError
from .errors import ShapeError as ShapeError
from .errors import UnsupportedError as UnsupportedError
from .graph import graph as graph
from .modes import enable_grad as enable_grad
from .modes import is_grad_enabled as is_grad_enabled
from .modes import no_grad as no_grad
from .tensor import Tensor as Tensor
from .tensor import tensor as tensor

from . import testing as testing  # isort: skip  # needs all of the above

__version__ = "0.1.0"
