"""NumPy as an expert writes it for speed.

Chunks that stay in the second-level cache, float32 buffers made once and filled with `out=`, Box and Muller over raw words
of SFC64 (`standard_normal` takes 7 ns a draw, this 2), masks from raw bytes, sums by BLAS, two processes.

Measured and left out: xorshift128+ over arrays of lanes (no faster than SFC64 one by one), a table for the masks, products of
float32 and bool, einsum for the sums (two to three times the dot products).
"""

import os

# One BLAS thread in each of two processes: with 64 neurons 0.15 s where one process with two BLAS threads took 0.26, with 512
# neurons 0.30 and 0.39.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from contestant import BATCH_SIZE, KEEP, MEAN, MOMENTUM, Share, arguments, compete
from forked import forked

# Draws at a time. 2¹⁴ costs a fifth more (a call of NumPy takes about a microsecond), 2¹⁷ falls out of the cache.
CHUNK = 1 << 16
TO_ANGLE = np.float32(np.pi / 2**31)
ONE_AS_BITS = np.uint32(0x3F800000)
KEPT_BYTES = np.uint8(round(KEEP * 256))
ONES = np.ones(BATCH_SIZE, np.float32)


def worker(seed, width, weights):
    bits = np.random.SFC64(seed).random_raw
    rows = min(width, CHUNK // BATCH_SIZE)
    # Channel by channel, each a row of samples: sums over samples are dot products of contiguous rows.
    whole = weights is not None
    x = np.empty((width if whole else rows, BATCH_SIZE), np.float32)
    u = np.empty_like(x)
    half = rows * BATCH_SIZE // 2
    angle = np.empty(half, np.float32)
    kept = np.empty(2 * half, bool)
    channels = len(weights) if whole else width
    sums = np.empty((4, channels), np.float32)
    outputs = np.empty((channels, BATCH_SIZE), np.float32) if whole else None

    def fill(clean, noisy):
        n = clean.size
        half = n // 2
        words = bits(half).view(np.uint32)
        radius, turn = words[:half], words[half:]
        # [1, 2) by its bits, then 2 − that: (0, 1], never log(0).
        np.right_shift(radius, 9, out=radius)
        np.bitwise_or(radius, ONE_AS_BITS, out=radius)
        radius = radius.view(np.float32)
        np.subtract(2, radius, out=radius)
        np.log(radius, out=radius)
        np.multiply(radius, -2, out=radius)
        np.sqrt(radius, out=radius)
        a = angle[:half]
        np.copyto(a, turn.view(np.int32), casting="same_kind")
        np.multiply(a, TO_ANGLE, out=a)
        first, second = clean[:half], clean[half:]
        np.cos(a, out=first)
        np.multiply(first, radius, out=first)
        np.sin(a, out=second)
        np.multiply(second, radius, out=second)
        np.add(clean, MEAN, out=clean)
        mask = kept[:n]
        np.less(bits(n // 8).view(np.uint8), KEPT_BYTES, out=mask)
        # A copy that converts, then a product in float32: sooner than a product of mixed types.
        np.copyto(noisy, mask)
        np.multiply(noisy, clean, out=noisy)

    def add_moments(block, total, squares):
        np.matmul(block, ONES, out=total)
        np.vecdot(block, block, out=squares)

    def one_batch():
        if not whole:
            for first in range(0, width, rows):
                last = min(width, first + rows)
                clean, noisy = x[: last - first], u[: last - first]
                fill(clean.reshape(-1), noisy.reshape(-1))
                add_moments(clean, sums[0, first:last], sums[1, first:last])
                add_moments(noisy, sums[2, first:last], sums[3, first:last])
            return
        for first in range(0, width, rows):
            last = min(width, first + rows)
            fill(x[first:last].reshape(-1), u[first:last].reshape(-1))
        for block, at in ((x, 0), (u, 2)):
            np.matmul(weights, block, out=outputs)
            add_moments(outputs, sums[at], sums[at + 1])

    # The factor 1/keep of the kept units is left to the sums.
    unbiased = np.array([1, KEEP**-2])[:, None] / (BATCH_SIZE - 1)

    def draw(batches):
        train, test = [], []
        running_mean = np.zeros(channels)
        running_variance = np.zeros(channels)
        for _ in range(batches):
            one_batch()
            total, squares = sums[0::2], sums[1::2]
            variances = (squares - total * total / BATCH_SIZE) * unbiased
            clean, noisy = variances.mean(axis=1)
            test.append(float(clean))
            train.append(float(noisy))
            running_mean *= 1 - MOMENTUM
            running_mean += (MOMENTUM / BATCH_SIZE / KEEP) * total[1]
            running_variance *= 1 - MOMENTUM
            running_variance += MOMENTUM * variances[1]
        return Share(train, test, running_mean, running_variance)

    return draw


options = arguments()
layer, *seeds = np.random.SeedSequence(20190616).spawn(1 + options.threads)
weights = None
if options.neurons > 0:
    weights = np.random.Generator(np.random.SFC64(layer)).standard_normal((options.neurons, options.width), np.float32)
compete(options, forked([worker(seed, options.width, weights) for seed in seeds]))
