"""Shares mini-batches out among threads: NumPy lets go of the interpreter's lock inside its loops."""

import threading

import numpy as np

from contestant import MOMENTUM, Share


def shared_out(workers):
    """`workers` each draw a run of mini-batches; returns a draw that runs them at once, this thread included."""

    def draw(batches):
        counts = [batches // len(workers)] * len(workers)
        counts[0] += batches - sum(counts)
        shares = [None] * len(workers)

        def run(index):
            shares[index] = workers[index](counts[index])

        others = [threading.Thread(target=run, args=(index,)) for index in range(1, len(workers))]
        for other in others:
            other.start()
        run(0)
        for other in others:
            other.join()
        return joined(shares, counts)

    return draw


def joined(shares, counts):
    """Runs one after another as one run: running ← kept · running + what the next one adds."""
    whole = Share([], [], np.float64(0), np.float64(0))
    for share, batches in zip(shares, counts):
        kept = (1 - MOMENTUM) ** batches
        whole.train += share.train
        whole.test += share.test
        whole.running_mean = kept * whole.running_mean + share.running_mean
        whole.running_variance = kept * whole.running_variance + share.running_variance
    return whole
