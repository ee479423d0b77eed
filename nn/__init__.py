"""Neural networks in plain code over Tensors: modules, layers, activations, losses, starting values."""

from autograd_core.errors import StateError

from . import functional, init, regularizers
from .activations import (
    CELU,
    ELU,
    GELU,
    GLU,
    SELU,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Maxout,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
    Threshold,
)
from .checkpoints import load_checkpoint, save_checkpoint
from .containers import Identity, ModuleDict, ModuleList, ParameterList, Residual, Sequential
from .data import Split, Splits, batches, split
from .files import FileError, load, save
from .fitting.callbacks import Callback, Checkpoint, EarlyStopping
from .fitting.data_checks import DataWarning
from .fitting.fit import fit
from .fitting.history import History
from .fitting.measuring import accuracy, evaluate
from .fitting.training import Training
from .layers.adaptive_pooling import AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool1d, AdaptiveMaxPool2d
from .layers.attention import MultiheadAttention, scaled_dot_product_attention
from .layers.batch_norm import BatchNorm1d, BatchNorm2d
from .layers.cells import GRUCell, LSTMCell, RNNCell
from .layers.conv import Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d
from .layers.dropout import ClassicDropout, DropConnect, Dropout, Dropout1d, Dropout2d, GaussianNoise
from .layers.embedding import Embedding, EmbeddingBag
from .layers.linear import Bilinear, Linear
from .layers.normalization import GroupNorm, LayerNorm, RMSNorm
from .layers.pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from .layers.positions import RotaryPositionalEncoding, SinusoidalPositionalEncoding
from .layers.recurrent import GRU, LSTM, RNN
from .layers.shapes import Flatten, Unflatten
from .layers.transformer import Transformer, TransformerDecoder, TransformerEncoder
from .layers.transformer_layers import TransformerDecoderLayer, TransformerEncoderLayer
from .losses import (
    AttributeHingeLoss,
    BCELoss,
    BCEWithLogitsLoss,
    CosineEmbeddingLoss,
    CrammerSingerLoss,
    CrossEntropyLoss,
    CTCLoss,
    HalfMSELoss,
    HierarchicalSoftmax,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    MultiLabelSoftMarginLoss,
    MultiMarginLoss,
    NLLLoss,
    SmoothL1Loss,
    TripletMarginLoss,
    WestonWatkinsLoss,
    huffman,
)
from .module import LostModuleWarning, Module
from .parameter import Buffer, Parameter
from .preprocessing import PCA, Center, MinMax, Preprocessor, Standardize
from .regularizers import L1, L2, ElasticNet, Penalty, max_norm_
from .summary import summary
from .watching import Watch, WatchWarning, watch

__all__ = [
    "CELU", "ELU", "GELU", "GLU", "GRU", "L1", "L2", "LSTM", "PCA", "RNN", "SELU", "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AttributeHingeLoss", "AvgPool1d", "AvgPool2d",
    "BCELoss", "BCEWithLogitsLoss", "BatchNorm1d", "BatchNorm2d", "Bilinear", "Buffer", "CTCLoss", "Callback", "Center",
    "Checkpoint", "ClassicDropout", "Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d", "CosineEmbeddingLoss",
    "CrammerSingerLoss", "CrossEntropyLoss", "DataWarning", "DropConnect", "Dropout", "Dropout1d", "Dropout2d",
    "EarlyStopping", "ElasticNet", "Embedding", "EmbeddingBag", "FileError", "Flatten", "GRUCell", "GaussianNoise",
    "GroupNorm", "HalfMSELoss", "Hardsigmoid", "Hardswish", "Hardtanh", "HierarchicalSoftmax", "History", "HuberLoss",
    "Identity", "KLDivLoss", "L1Loss", "LSTMCell", "LayerNorm", "LeakyReLU", "Linear", "LogSigmoid", "LogSoftmax",
    "LostModuleWarning", "MSELoss", "MaxPool1d", "MaxPool2d", "Maxout", "MinMax", "Mish", "Module", "ModuleDict",
    "ModuleList", "MultiLabelSoftMarginLoss", "MultiMarginLoss", "MultiheadAttention", "NLLLoss", "PReLU", "Parameter",
    "ParameterList", "Penalty", "Preprocessor", "RMSNorm", "RNNCell", "ReLU", "ReLU6", "Residual",
    "RotaryPositionalEncoding", "Sequential", "SiLU", "Sigmoid", "SinusoidalPositionalEncoding", "SmoothL1Loss",
    "Softmax", "Softplus", "Softsign", "Split", "Splits", "Standardize", "StateError", "Tanh", "Threshold", "Training",
    "Transformer", "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder", "TransformerEncoderLayer",
    "TripletMarginLoss", "Unflatten", "Watch", "WatchWarning", "WestonWatkinsLoss", "accuracy", "batches", "evaluate",
    "fit", "functional", "huffman", "init", "load", "load_checkpoint", "max_norm_", "regularizers", "save",
    "save_checkpoint", "scaled_dot_product_attention", "split", "summary", "watch",
]
