"""A wide residual network in PyTorch's own modules; variances where BN reads them, during training and at test time.

Does what `vshift simulate --network` does: trains the running statistics (momentum None: all mini-batches weigh the same), then
takes the same mini-batches through with them frozen and the noise off.
"""

import argparse
import json
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
for name in ["channels", "side", "blocks", "batches", "batch-size", "threads"]:
    parser.add_argument(f"--{name}", type=int, required=True)
parser.add_argument("--drop", type=float, required=True)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(20190616)
received = []


class Norm(nn.BatchNorm2d):
    """Notes the variance of what it receives, averaged over the channels."""

    def __init__(self, channels):
        super().__init__(channels, momentum=None)

    def forward(self, x):
        received.append(x.var(dim=(0, 2, 3)).mean().item())
        return super().forward(x)


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


def conv(channels):
    layer = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
    nn.init.kaiming_normal_(layer.weight)
    return layer


def block(channels):
    first = [Norm(channels), nn.ReLU(), conv(channels)]
    return Residual(*first, Norm(channels), nn.ReLU(), nn.Dropout(options.drop), conv(channels))


def batch(number):
    generator = torch.Generator().manual_seed(number)
    return torch.randn(options.batch_size, options.channels, options.side, options.side, generator=generator)


def variances(network):
    rows = []
    for number in range(options.batches):
        received.clear()
        network(batch(number))
        rows.append(list(received))
    return [sum(column) / len(rows) for column in zip(*rows)]


started = time.perf_counter()
with torch.inference_mode():
    channels = options.channels
    network = nn.Sequential(conv(channels), *(block(channels) for _ in range(options.blocks)), Norm(channels))
    train = variances(network)
    test = variances(network.eval())
print(json.dumps({"shifts": [b / a for a, b in zip(train, test)], "seconds": time.perf_counter() - started}))
