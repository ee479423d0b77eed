"""The cases of activations for ``test_every_module.py``. (Maxout is a layer.)"""

from module_case import Case, normal

import nn

MAKERS = {
    "CELU": lambda: nn.CELU(1.5), "ELU": nn.ELU, "GELU": nn.GELU, "GELU-tanh": lambda: nn.GELU("tanh"), "GLU": nn.GLU,
    "Hardsigmoid": nn.Hardsigmoid, "Hardswish": nn.Hardswish, "Hardtanh": nn.Hardtanh, "LeakyReLU": nn.LeakyReLU,
    "LogSigmoid": nn.LogSigmoid, "LogSoftmax": nn.LogSoftmax, "Mish": nn.Mish, "PReLU": nn.PReLU,
    "PReLU-by-channel": lambda: nn.PReLU(4), "ReLU": nn.ReLU, "ReLU6": nn.ReLU6, "SELU": nn.SELU,
    "SiLU": nn.SiLU, "Sigmoid": nn.Sigmoid, "Softmax": nn.Softmax, "Softmax-over-rows": lambda: nn.Softmax(0),
    "Softplus": lambda: nn.Softplus(2.0), "Softsign": nn.Softsign, "Tanh": nn.Tanh,
    "Threshold": lambda: nn.Threshold(0.2, -1.0),
}
CASES = [Case(id, make, normal((3, 4))) for id, make in MAKERS.items()]
