"""Functions to functions: derivatives of whole functions, over any nesting of lists, tuples and dicts."""

from .checkpointing import checkpoint as checkpoint
from .custom import custom_derivative as custom_derivative
from .custom import stop_gradient as stop_gradient
from .gradient import grad as grad
from .gradient import value_and_grad as value_and_grad
from .jacobians import hessian as hessian
from .jacobians import jacobian as jacobian
from .products import hvp as hvp
from .products import jvp as jvp
from .products import vjp as vjp
from .substitution import substitute as substitute
