"""Networks made of Values: modules, losses, optimizers, files."""

from .arguments import Activation, unpacked
from .classes import one_hot, predict, softmax
from .dropout import Dropout, drops
from .losses import accuracy, binary_cross_entropy, cross_entropy, hinge, l1, l2, mse
from .modules import MLP, Layer, Module, Neuron, evaluating
from .optim import SGD, Adam, AdamW, Optimizer, clip_grad_norm
from .summary import summary

__all__ = [
    "MLP",
    "SGD",
    "Activation",
    "Adam",
    "AdamW",
    "Dropout",
    "Layer",
    "Module",
    "Neuron",
    "Optimizer",
    "accuracy",
    "binary_cross_entropy",
    "clip_grad_norm",
    "cross_entropy",
    "drops",
    "evaluating",
    "hinge",
    "l1",
    "l2",
    "mse",
    "one_hot",
    "predict",
    "softmax",
    "summary",
    "unpacked",
]
