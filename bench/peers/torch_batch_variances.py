"""Batch variances of PyTorch's own modules, where Batch Normalization reads them: nn.Dropout -> nn.Linear -> nn.BatchNorm1d.

Prints CSV with the columns trainVariance and testVariance, a line a mini-batch: the unbiased variance of each channel over
the mini-batch, averaged over the channels. Both phases see the same input, N(mean, 1), and the same weights.

    python3 bench/peers/torch_batch_variances.py --keep 0.7 --mean 0.5 --neurons 32 --weights-out sums.csv > variances.csv

--mode says what is wrong:

    normal       nothing
    swapped      the keep probability is given to nn.Dropout, which asks for the drop rate
    train-mode   eval() is never called, so that the noise is on in test
    alpha        nn.AlphaDropout in the place of nn.Dropout

--weights-out writes the sums of weights that the closed form needs, sum and sumOfSquares, a line a neuron.
"""

import argparse
import csv
import sys

import torch

MODES = ("normal", "swapped", "train-mode", "alpha")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=float, default=0.5, help="probability that a unit is kept")
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--neurons", type=int, default=0, help="0: no linear layer")
    parser.add_argument("--batches", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--mean", type=float, default=0.0, help="of the input; its variance is 1")
    parser.add_argument("--mode", choices=MODES, default="normal")
    parser.add_argument("--weights-out", help="file for the sums of the weights")
    parser.add_argument("--seed", type=int, default=20190616)
    return parser.parse_args()


def dropout_of(options):
    drop = 1 - options.keep
    if options.mode == "alpha":
        return torch.nn.AlphaDropout(drop)
    return torch.nn.Dropout(options.keep if options.mode == "swapped" else drop)


class Reaches(torch.nn.Module):
    """Batch Normalization that keeps the variance of what last reached it, averaged over the channels."""

    def __init__(self, channels):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(channels)
        self.variance = float("nan")

    def forward(self, x):
        self.variance = x.var(dim=0, unbiased=True).double().mean().item()
        return self.norm(x)


@torch.no_grad()
def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    linear = torch.nn.Linear(options.width, options.neurons) if options.neurons > 0 else torch.nn.Identity()
    end = Reaches(options.neurons or options.width)
    network = torch.nn.Sequential(dropout_of(options), linear, end)

    if options.weights_out:
        with open(options.weights_out, "w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["sum", "sumOfSquares"])
            for weights in linear.weight.double():
                rows.writerow([repr(weights.sum().item()), repr((weights * weights).sum().item())])

    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["trainVariance", "testVariance"])
    for _ in range(options.batches):
        x = torch.randn(options.batch_size, options.width) + options.mean
        variances = []
        for is_training in (True, options.mode == "train-mode"):
            network.train(is_training)
            network(x)
            variances.append(f"{end.variance:.9g}")
        rows.writerow(variances)


main()
