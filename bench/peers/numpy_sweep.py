"""A sweep as one who knows NumPy writes it: a process for each core, a cell at a time, until its interval is narrow enough.

Prints the seconds and, of each cell, width, keep, mean and ratio.
"""

import argparse
import json
import multiprocessing
import os
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from contestant import BATCH_SIZE, BATCHES_BETWEEN_LOOKS, FEWEST_BATCHES, half_width


def cell(task):
    width, keep, mean, precision, seed = task
    rng = np.random.default_rng(seed)
    shape = (BATCH_SIZE, width)
    train, test = [], []
    while len(train) < FEWEST_BATCHES or half_width(train, test) > precision:
        for _ in range(FEWEST_BATCHES if not train else BATCHES_BETWEEN_LOOKS):
            x = rng.standard_normal(shape, dtype=np.float32)
            x += np.float32(mean)
            u = x * (rng.random(shape, dtype=np.float32) < keep)
            u *= np.float32(1 / keep)
            test.append(float(x.var(axis=0, ddof=1).mean()))
            train.append(float(u.var(axis=0, ddof=1).mean()))
    return width, keep, mean, sum(test) / sum(train)


parser = argparse.ArgumentParser()
parser.add_argument("--widths", type=int, nargs="+", required=True)
parser.add_argument("--precision", type=float, required=True)
parser.add_argument("--keeps", type=float, nargs="+", required=True)
parser.add_argument("--means", type=float, nargs="+", required=True)
options = parser.parse_args()

started = time.perf_counter()
grid = [(width, keep, mean) for width in options.widths for keep in options.keeps for mean in options.means]
seeds = np.random.SeedSequence(20190616).spawn(len(grid))
tasks = [(*point, options.precision, seed) for point, seed in zip(grid, seeds)]
with multiprocessing.Pool(2) as pool:
    cells = pool.map(cell, tasks, chunksize=8)
print(json.dumps({"seconds": time.perf_counter() - started, "cells": cells}))
