"""A stack in PyTorch's own modules: BatchNorm1d → ReLU → Dropout → Linear, many times; variances where BN reads them.

Does what `vshift stack` does: trains the running statistics (momentum None: all mini-batches weigh the same), takes the same
mini-batches through with them frozen, and compares the outputs of some with those by statistics without noise, and with the mean
over many masks of those in training mode.
"""

import argparse
import copy
import json
import time

import torch

parser = argparse.ArgumentParser()
for name in ["depth", "width", "batches", "batch-size", "compared", "masks", "threads"]:
    parser.add_argument(f"--{name}", type=int, required=True)
parser.add_argument("--keep", type=float, required=True)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(20190616)


class Block(torch.nn.Module):
    def __init__(self, width, drop):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(width, momentum=None, affine=False)
        self.dropout = torch.nn.Dropout(drop)
        self.linear = torch.nn.Linear(width, width, bias=False)
        torch.nn.init.normal_(self.linear.weight, std=width**-0.5)

    def forward(self, x):
        return self.linear(self.dropout(torch.relu(self.norm(x))))


def batch(number):
    generator = torch.Generator().manual_seed(number)
    return torch.randn(options.batch_size, options.width, generator=generator)


def through(blocks, x):
    """The outputs, and the variance at each norm and at the output, averaged over the channels."""
    variances = []
    for block in blocks:
        variances.append(x.var(dim=0).mean().item())
        x = block(x)
    variances.append(x.var(dim=0).mean().item())
    return x, variances


def mean(rows):
    return [sum(column) / len(rows) for column in zip(*rows)]


started = time.perf_counter()
with torch.inference_mode():
    blocks = [Block(options.width, 1 - options.keep) for _ in range(options.depth)]
    right = copy.deepcopy(blocks)
    train = [through(blocks, batch(number))[1] for number in range(options.batches)]
    for block in right:
        block.dropout.eval()
    for number in range(options.batches):
        through(right, batch(number))
    noisy = copy.deepcopy(blocks)
    for block in blocks + right:
        block.eval()
    test, squares, references, distances, spreads = [], 0.0, 0.0, 0.0, 0.0
    for number in range(options.batches):
        outputs, variances = through(blocks, batch(number))
        test.append(variances)
        if number < options.compared:
            wanted, wanted_variances = through(right, batch(number))
            squares += (outputs - wanted).square().mean().item()
            references += wanted_variances[-1]
            total, own_distance, own_variance = torch.zeros_like(outputs), 0.0, 0.0
            for _ in range(options.masks):
                draw, draw_variances = through(noisy, batch(number))
                total += draw
                own_distance += (outputs - draw).square().mean().item()
                own_variance += draw_variances[-1]
            distances += (options.masks * outputs - total).square().mean().item() - own_distance
            spreads += total.var(dim=0).mean().item() - own_variance
shifts = [b / a for a, b in zip(mean(train), mean(test))]
print(
    json.dumps(
        {
            "shifts": shifts,
            "outputError": (max(0.0, distances) / spreads) ** 0.5,
            "noiseFreeError": (squares / references) ** 0.5,
            "seconds": time.perf_counter() - started,
        }
    )
)
