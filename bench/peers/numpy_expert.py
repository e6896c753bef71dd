"""NumPy as an expert writes it for speed.

Chunks that stay in the second-level cache, float32 buffers made once and filled with `out=`, Box and Muller over raw words
of SFC64 with 16-bit angles, masks of single random bits (keep is 1/2), sums by BLAS, two processes.

It also does what vshift publishes of its own methods. Until a precision is reached, each mask counts with its complement: the
moments of the dropped units are those of all minus those of the kept ones. With many neurons the mean variance over neurons
comes from the scatter matrix S of a mini-batch, as Σ wᵀSw = ⟨WᵀW, S⟩, and the running variances from the weighted sum of all S.

Measured and left out: xorshift128+ over arrays of lanes (no faster than SFC64 one by one), RomuDuoJr (0.6 instead of 1.0 ns a
word, and far less tested), tables for angles or masks, products of float32 and bool, einsum for the sums (two to three times the
dot products), S as x @ x.T in one piece (NumPy calls ssyrk then, and copies a triangle: 1.4 ms where the blocks take 0.5).
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
TO_ANGLE = np.float32(np.pi / 2**15)
ONE_AS_BITS = np.uint32(0x3F800000)
ONES = np.ones(BATCH_SIZE, np.float32)
# The factor 1/keep of the kept units is left to the sums.
UNBIASED = np.array([1, KEEP**-2]) / (BATCH_SIZE - 1)


def filler(seed):
    """Fills rows with normals, and others with the same where a random bit keeps them."""
    bits = np.random.SFC64(seed).random_raw
    angle = np.empty(CHUNK // 2, np.float32)

    def fill(clean, noisy):
        n = clean.size
        half = n // 2
        words = bits(n // 4 + n // 8 + n // 64)
        radius = words[: n // 4].view(np.uint32)
        turn = words[n // 4 : -n // 64].view(np.int16)
        # [1, 2) by its bits, then 2 − that: (0, 1], never log(0).
        np.right_shift(radius, 9, out=radius)
        np.bitwise_or(radius, ONE_AS_BITS, out=radius)
        radius = radius.view(np.float32)
        np.subtract(2, radius, out=radius)
        np.log(radius, out=radius)
        np.multiply(radius, -2, out=radius)
        np.sqrt(radius, out=radius)
        a = angle[:half]
        np.copyto(a, turn)
        np.multiply(a, TO_ANGLE, out=a)
        first, second = clean[:half], clean[half:]
        np.cos(a, out=first)
        np.multiply(first, radius, out=first)
        np.sin(a, out=second)
        np.multiply(second, radius, out=second)
        np.add(clean, MEAN, out=clean)
        # A copy that converts, then a product in float32: sooner than a product of mixed types.
        np.copyto(noisy, np.unpackbits(words[-n // 64 :].view(np.uint8)))
        np.multiply(noisy, clean, out=noisy)

    return fill


def chunks(width):
    rows = min(width, CHUNK // BATCH_SIZE)
    return [(first, min(width, first + rows)) for first in range(0, width, rows)]


def add_moments(block, total, squares):
    np.matmul(block, ONES, out=total)
    np.vecdot(block, block, out=squares)


def moments_worker(seed, width, weights, complements):
    """Each channel's sums: of the units themselves, or of the outputs of a product."""
    fill = filler(seed)
    whole = weights is not None
    channels = len(weights) if whole else width
    # Channel by channel, each a row of samples: sums over samples are dot products of contiguous rows.
    x = np.empty((width if whole else min(width, CHUNK // BATCH_SIZE), BATCH_SIZE), np.float32)
    u = np.empty_like(x)
    outputs = np.empty((2, channels, BATCH_SIZE), np.float32) if whole else None
    # Sum and sum of squares without noise, with it, and with the complementary mask.
    sums = np.empty((6 if complements else 4, channels), np.float32)
    both = np.empty(channels, np.float32)
    unbiased = UNBIASED[[0, 1, 1]][: len(sums) // 2, None]

    def one_batch():
        for first, last in chunks(width):
            clean, noisy = (x[first:last], u[first:last]) if whole else (x[: last - first], u[: last - first])
            fill(clean.reshape(-1), noisy.reshape(-1))
            if not whole:
                add_moments(clean, sums[0, first:last], sums[1, first:last])
                add_moments(noisy, sums[2, first:last], sums[3, first:last])
        if whole:
            for block, output, at in ((x, outputs[0], 0), (u, outputs[1], 2)):
                np.matmul(weights, block, out=output)
                add_moments(output, sums[at], sums[at + 1])
        if complements:
            np.subtract(sums[0], sums[2], out=sums[4])
            # Σ(x − u)²; of units u is x or 0, so that Σxu = Σu².
            np.copyto(both, sums[3])
            if whole:
                np.vecdot(outputs[0], outputs[1], out=both)
            sums[5] = sums[1] - 2 * both + sums[3]

    def draw(batches):
        train, test = [], []
        running_mean = np.zeros(channels)
        running_variance = np.zeros(channels)
        for _ in range(batches):
            one_batch()
            total, squares = sums[0::2], sums[1::2]
            variances = (squares - total * total / BATCH_SIZE) * unbiased
            clean, *noisy = variances.mean(axis=1).tolist()
            test.append(clean)
            train.append(sum(noisy) / len(noisy))
            running_mean *= 1 - MOMENTUM
            running_mean += (MOMENTUM / BATCH_SIZE / KEEP) * total[1]
            running_variance *= 1 - MOMENTUM
            running_variance += MOMENTUM * variances[1]
        return Share(train, test, running_mean, running_variance)

    return draw


class Scatter:
    """Lower triangle of a symmetric matrix in blocks of rows, one behind the other in one array."""

    ROWS = 128

    def __init__(self, width):
        self.width = width
        self.blocks = []
        size = 0
        for first in range(0, width, self.ROWS):
            last = min(width, first + self.ROWS)
            self.blocks.append((first, last, size))
            size += (last - first) * last
        self.size = size

    def views(self, flat):
        return [(first, last, flat[at : at + (last - first) * last].reshape(-1, last)) for first, last, at in self.blocks]

    def weights_of(self, matrix):
        """What an inner product with S takes: entries beside the diagonal blocks stand for two."""
        flat = np.empty(self.size, np.float32)
        for first, last, view in self.views(flat):
            view[:] = matrix[first:last, :last]
            view[:, :first] *= 2
        return flat

    def whole(self, flat):
        matrix = np.empty((self.width, self.width), np.float32)
        for first, last, view in self.views(flat):
            matrix[first:last, :last] = view
            matrix[:last, first:last] = view.T
        return matrix


def scatter_worker(seed, width, scatter, gram, neurons):
    """The mean variance over neurons from the scatter matrix; the running statistics are those of the inputs, and S."""
    fill = filler(seed)
    x = np.empty((width, BATCH_SIZE), np.float32)
    u = np.empty_like(x)
    means = np.empty((2, width), np.float32)
    flat = np.empty(scatter.size, np.float32)
    views = scatter.views(flat)

    def mean_variance(block):
        for first, last, view in views:
            np.matmul(block[first:last], block[:last].T, out=view)
        return float(np.vdot(gram, flat)) / neurons

    def draw(batches):
        train, test = [], []
        running_mean = np.zeros(width)
        running_scatter = np.zeros(scatter.size, np.float32)
        for _ in range(batches):
            for first, last in chunks(width):
                fill(x[first:last].reshape(-1), u[first:last].reshape(-1))
                for block, mean in ((x[first:last], means[0, first:last]), (u[first:last], means[1, first:last])):
                    np.matmul(block, ONES, out=mean)
                    np.divide(mean, BATCH_SIZE, out=mean)
                    np.subtract(block, mean[:, None], out=block)
            test.append(mean_variance(x) * UNBIASED[0])
            train.append(mean_variance(u) * UNBIASED[1])
            running_mean *= 1 - MOMENTUM
            running_mean += MOMENTUM / KEEP * means[1]
            np.multiply(flat, np.float32(MOMENTUM * UNBIASED[1]), out=flat)
            np.multiply(running_scatter, np.float32(1 - MOMENTUM), out=running_scatter)
            np.add(running_scatter, flat, out=running_scatter)
        return Share(train, test, running_mean, running_scatter)

    return draw


options = arguments()
layer, *seeds = np.random.SeedSequence(20190616).spawn(1 + options.threads)
width, neurons, complements = options.width, options.neurons, options.precision > 0
weights = None
if neurons > 0:
    weights = np.random.Generator(np.random.SFC64(layer)).standard_normal((neurons, width), np.float32)
# With as many neurons as inputs, scatter matrix and product take the same time.
if neurons > width and not complements and not options.product:
    scatter = Scatter(width)
    gram = scatter.weights_of(weights.T @ weights)
    workers = [scatter_worker(seed, width, scatter, gram, neurons) for seed in seeds]

    def of_neurons(mean, flat):
        return weights @ mean, np.vecdot(weights @ scatter.whole(flat), weights)

    compete(options, forked(workers), of_neurons)
else:
    compete(options, forked([moments_worker(seed, width, weights, complements) for seed in seeds]))
