"""What the Python contestants have in common: flags, when to stop, the estimate, and the line that they print.

A contestant brings `draw(batches) -> Share`; it may be called again and again, and each call draws new mini-batches.
"""

import argparse
import json
import math
import time
from dataclasses import dataclass

KEEP = 0.5
MEAN = 0.5
BATCH_SIZE = 256
MOMENTUM = 0.1

# Two-sided 95 % of a normal distribution. Student's quantile is larger: this lets the peers stop a little sooner.
Z = 1.96
FEWEST_BATCHES = 16
BATCHES_BETWEEN_LOOKS = 8


@dataclass
class Share:
    """What a run of mini-batches measured: variances batch by batch, and what it adds to the running statistics."""

    train: list
    test: list
    running_mean: object
    running_variance: object


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--neurons", type=int, default=0, help="0: no linear layer")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--samples", type=int, default=0)
    parser.add_argument("--precision", type=float, default=0.0, help="draw until the interval is so narrow")
    parser.add_argument("--product", action="store_true", help="outputs of all neurons, however many there are")
    return parser.parse_args()


def half_width(train, test):
    """Of the 95 % interval of the ratio of means, as a part of the ratio: paired delta method over mini-batches."""
    n = len(train)
    train_mean = sum(train) / n
    test_mean = sum(test) / n
    squares = sum((b / test_mean - a / train_mean) ** 2 for a, b in zip(train, test))
    return Z * math.sqrt(squares / (n * (n - 1)))


def compete(options, draw, channels=None):
    """Draws what was asked for and prints the result.

    `channels` makes mean and variance of the channels of what a contestant accumulates instead of them.
    """
    started = time.perf_counter()
    train, test = [], []
    running_mean, running_variance = 0.0, 0.0

    def take(batches):
        nonlocal running_mean, running_variance
        share = draw(batches)
        train.extend(share.train)
        test.extend(share.test)
        kept = (1 - MOMENTUM) ** batches
        running_mean = kept * running_mean + share.running_mean
        running_variance = kept * running_variance + share.running_variance

    if options.precision == 0:
        take(math.ceil(options.samples / BATCH_SIZE))
    else:
        take(FEWEST_BATCHES)
        while half_width(train, test) > options.precision:
            take(BATCHES_BETWEEN_LOOKS)
    if channels is not None:
        running_mean, running_variance = channels(running_mean, running_variance)
    # What is left of the initial 1.
    running_variance = running_variance + (1 - MOMENTUM) ** len(train)
    seconds = time.perf_counter() - started
    print(
        json.dumps(
            {
                "shift": sum(test) / sum(train),
                "samples": len(train) * BATCH_SIZE,
                "trainVariance": sum(train) / len(train),
                "testVariance": sum(test) / len(test),
                "runningVariance": float(running_variance.mean()),
                "runningMean": float(running_mean.mean()),
                "seconds": seconds,
            }
        )
    )
