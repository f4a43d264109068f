"""Networks made of Values: modules, losses, optimizers, files."""

from .arguments import Activation, unpacked
from .classes import one_hot, predict, softmax
from .losses import accuracy, binary_cross_entropy, cross_entropy, hinge, mse
from .modules import MLP, Layer, Module, Neuron
from .optim import SGD, Adam, AdamW, Optimizer
from .summary import summary

__all__ = [
    "MLP",
    "SGD",
    "Activation",
    "Adam",
    "AdamW",
    "Layer",
    "Module",
    "Neuron",
    "Optimizer",
    "accuracy",
    "binary_cross_entropy",
    "cross_entropy",
    "hinge",
    "mse",
    "one_hot",
    "predict",
    "softmax",
    "summary",
    "unpacked",
]
