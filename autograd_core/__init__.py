"""autograd-core: automatic differentiation on NumPy that a person can see through.

>>> import autograd_core as ag
>>> x, y, z = (ag.tensor(v, requires_grad=True) for v in (-2.0, 5.0, -4.0))
>>> f = (x + y) * z
>>> f.backward()
>>> f, x.grad, y.grad, z.grad
(tensor(-12., op=multiply), tensor(-4.), tensor(-4.), tensor(3.))
"""

from .allocation import keep_freed_memory as _keep_freed_memory
from .backward import gradients as gradients
from .creation import arange as arange
from .creation import asarray as asarray
from .creation import empty as empty
from .creation import empty_like as empty_like
from .creation import eye as eye
from .creation import full as full
from .creation import linspace as linspace
from .creation import ones as ones
from .creation import ones_like as ones_like
from .creation import zeros as zeros
from .creation import zeros_like as zeros_like

# The whole table: an op in the __all__ of one of these files is public here too.
from .derivatives.activations import *  # noqa: F403
from .derivatives.applying import *  # noqa: F403
from .derivatives.bessel import *  # noqa: F403
from .derivatives.contractions import *  # noqa: F403
from .derivatives.conv_layers import *  # noqa: F403
from .derivatives.convolutions import *  # noqa: F403
from .derivatives.covariance import *  # noqa: F403
from .derivatives.diagonals import *  # noqa: F403
from .derivatives.differences import *  # noqa: F403
from .derivatives.distributions import *  # noqa: F403
from .derivatives.elementwise import *  # noqa: F403
from .derivatives.entropies import *  # noqa: F403
from .derivatives.exponentials import *  # noqa: F403
from .derivatives.indexing import *  # noqa: F403
from .derivatives.joining import *  # noqa: F403
from .derivatives.moments import *  # noqa: F403
from .derivatives.moving import *  # noqa: F403
from .derivatives.nans import *  # noqa: F403
from .derivatives.ordering import *  # noqa: F403
from .derivatives.padding import *  # noqa: F403
from .derivatives.pieces import *  # noqa: F403
from .derivatives.polynomials import *  # noqa: F403
from .derivatives.pooling import *  # noqa: F403
from .derivatives.products import *  # noqa: F403
from .derivatives.reductions import *  # noqa: F403
from .derivatives.scans import *  # noqa: F403
from .derivatives.selecting import *  # noqa: F403
from .derivatives.shapes import *  # noqa: F403
from .derivatives.special import *  # noqa: F403
from .derivatives.splitting import *  # noqa: F403
from .derivatives.trigonometry import *  # noqa: F403
from .derivatives.windows import *  # noqa: F403
from .errors import AnomalyError as AnomalyError
from .errors import AutogradError as AutogradError
from .errors import CoercionError as CoercionError
from .errors import DTypeError as DTypeError
from .errors import GraphError as GraphError
from .errors import InPlaceError as InPlaceError
from .errors import MatrixError as MatrixError
from .errors import MissingExtraError as MissingExtraError
from .errors import OptionError as OptionError
from .errors import SavedArrayError as SavedArrayError
from .errors import SelectionError as SelectionError
from .errors import ShapeError as ShapeError
from .errors import StateError as StateError
from .errors import UnsupportedError as UnsupportedError
from .modes import enable_grad as enable_grad
from .modes import is_grad_enabled as is_grad_enabled
from .modes import no_grad as no_grad
from .numpy_names import *  # noqa: F403
from .tensor import Tensor as Tensor

from .creation import tensor as tensor  # isort: skip  # after the module of that name
from .transforms import checkpoint as checkpoint
from .transforms import custom_derivative as custom_derivative
from .transforms import grad as grad
from .transforms import hessian as hessian
from .transforms import hvp as hvp
from .transforms import jacobian as jacobian
from .transforms import jvp as jvp
from .transforms import stop_gradient as stop_gradient
from .transforms import substitute as substitute
from .transforms import value_and_grad as value_and_grad
from .transforms import vjp as vjp

from .debugging import debug_mode as debug_mode  # isort: skip
from .debugging import detect_anomaly as detect_anomaly  # isort: skip
from .debugging import explain as explain  # isort: skip

from .graph import graph as graph  # isort: skip  # after what it measures with

from . import linalg as linalg  # isort: skip
from . import testing as testing  # isort: skip  # needs all of the above
from .differentiability import differentiable as differentiable  # isort: skip  # needs testing

__version__ = "0.1.0"
_keep_freed_memory()
