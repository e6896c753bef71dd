"""NumPy as one who knows it writes it: a Generator, float32 throughout, whole mini-batches, two threads."""

import os

# With two BLAS threads under each of two threads a linear layer takes five times as long.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from contestant import BATCH_SIZE, KEEP, MEAN, MOMENTUM, Share, arguments, compete
from shared_out import shared_out


def worker(seed, width, weights):
    rng = np.random.default_rng(seed)
    shape = (BATCH_SIZE, width)
    channels = width if weights is None else weights.shape[1]

    def draw(batches):
        train, test = [], []
        running_mean = np.zeros(channels)
        running_variance = np.zeros(channels)
        for _ in range(batches):
            x = rng.standard_normal(shape, dtype=np.float32)
            x += np.float32(MEAN)
            u = x * (rng.random(shape, dtype=np.float32) < KEEP)
            u *= np.float32(1 / KEEP)
            if weights is not None:
                x, u = x @ weights, u @ weights
            test_variance = x.var(axis=0, ddof=1)
            train_variance = u.var(axis=0, ddof=1)
            test.append(float(test_variance.mean()))
            train.append(float(train_variance.mean()))
            running_mean = (1 - MOMENTUM) * running_mean + MOMENTUM * u.mean(axis=0)
            running_variance = (1 - MOMENTUM) * running_variance + MOMENTUM * train_variance
        return Share(train, test, running_mean, running_variance)

    return draw


options = arguments()
layer, *seeds = np.random.SeedSequence(20190616).spawn(1 + options.threads)
weights = None
if options.neurons > 0:
    weights = np.random.default_rng(layer).standard_normal((options.width, options.neurons), np.float32)
compete(options, shared_out([worker(seed, options.width, weights) for seed in seeds]))
