"""An exported model's passes in PyTorch: variances that each BN receives, without noise and with many masks.

Does what `vshift audit --data` does: the norms keep their running statistics in all passes, and only the dropouts are switched.
"""

import argparse
import json
import time

import numpy as np
import torch

BATCH_SIZE = 256

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("data")
for name in ["inputs", "masks", "threads"]:
    parser.add_argument(f"--{name}", type=int, required=True)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(20190616)
aten = torch.ops.aten


class Passes(torch.fx.Interpreter):
    """Runs the graph and notes variance and mean of each channel of what the norms receive."""

    def __init__(self, module):
        super().__init__(module)
        self.noisy = False

    def call_function(self, target, args, kwargs):
        if target is aten.dropout.default:
            args = (*args[:2], self.noisy)
        elif target is aten.batch_norm.default:
            x = args[0]
            self.received.append(torch.stack(torch.var_mean(x, dim=[0, *range(2, x.dim())], correction=0)).double())
        return super().call_function(target, args, kwargs)

    def variances(self, x, masks):
        """Of all passes together, norm by norm: the mean of their variances and the variance of their means."""
        passes = []
        for _ in range(masks):
            for rows in x.chunk(-(-len(x) // BATCH_SIZE)):
                self.received = []
                self.run(rows)
                passes.append(self.received)
        both = [torch.stack(norm) for norm in zip(*passes)]
        return [norm[:, 0].mean(0) + norm[:, 1].var(0, correction=0) for norm in both]


started = time.perf_counter()
with torch.inference_mode():
    module = torch.export.load(options.model).module(check_guards=False)
    x = torch.from_numpy(np.load(options.data)["x"][: options.inputs]).float()
    passes = Passes(module)
    test = passes.variances(x, 1)
    passes.noisy = True
    train = passes.variances(x, options.masks)
shifts = [(b / a).mean().item() for a, b in zip(train, test)]
print(json.dumps({"shifts": shifts, "seconds": time.perf_counter() - started}))
