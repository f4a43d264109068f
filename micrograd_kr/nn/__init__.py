"""Networks made of Values: modules, losses, optimizers, files."""

from .losses import accuracy, binary_cross_entropy, cross_entropy, hinge, mse, predict
from .modules import MLP, Activation, Layer, Module, Neuron, one_hot, softmax
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
]
