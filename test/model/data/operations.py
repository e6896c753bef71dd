"""How the networks of operations.npz were made, with PyTorch 2.11: random weights, statistics of 30 noisy mini-batches."""

import json
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(3, 12, 3, padding="same", dilation=2)
        self.b1 = nn.BatchNorm2d(12)
        self.c2 = nn.Conv2d(12, 24, (3, 2), stride=(2, 1), padding=(1, 0), groups=3)
        self.b2 = nn.BatchNorm2d(24)
        self.d = nn.Dropout2d(0.2)
        self.c3 = nn.Conv2d(24, 24, 3, groups=24, padding=1)
        self.b3 = nn.BatchNorm2d(24)
        self.fc = nn.Linear(24 * 9, 7)
        self.se1 = nn.Linear(24, 6)
        self.se2 = nn.Linear(6, 24)

    def forward(self, x):
        x = F.max_pool2d(F.silu(self.b1(self.c1(x))), 3, 2, 1, ceil_mode=True)
        x = self.d(F.hardswish(self.b2(self.c2(x))))
        gate = torch.sigmoid(self.se2(F.relu(self.se1(x.mean((2, 3))))))[:, :, None, None]
        y = self.b3(self.c3(x * gate))
        y = F.avg_pool2d(y, 2, 1, 1, count_include_pad=False) + F.pad(y, (0, 1, 0, 1))
        return self.fc(F.adaptive_avg_pool2d(F.gelu(y), (3, 3)).flatten(1))


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.Conv2d(3, 16, 4, 4)
        self.n1 = nn.LayerNorm(16)
        self.q = nn.Linear(16, 48)
        self.o = nn.Linear(16, 16)
        self.n2 = nn.LayerNorm(16)
        self.f1 = nn.Linear(16, 32)
        self.f2 = nn.Linear(32, 16)
        self.b = nn.BatchNorm1d(16)
        self.d = nn.Dropout(0.1)
        self.h = nn.Linear(16, 5)
        self.pos = nn.Parameter(torch.randn(1, 16, 16) * 0.1)

    def forward(self, x):
        x = self.p(x).flatten(2).transpose(1, 2) + self.pos
        q, k, v = self.q(self.n1(x)).chunk(3, -1)
        b, t, c = q.shape

        def heads(value):
            return value.view(b, t, 4, 4).transpose(1, 2)

        a = F.scaled_dot_product_attention(heads(q), heads(k), heads(v)).transpose(1, 2).reshape(b, t, c)
        x = x + self.d(self.o(a))
        x = x + self.f2(F.gelu(self.f1(self.n2(x)), approximate="tanh"))
        a = torch.softmax(x @ x.transpose(1, 2) / 4, -1) @ x
        return self.h(F.elu(self.b(self.d(a.mean(1)))))


class Up(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv1d(4, 16, 5, stride=2, padding=2)
        self.g = nn.GroupNorm(4, 16)
        self.b = nn.BatchNorm1d(16)
        self.d = nn.Dropout(0.3)
        self.c2 = nn.Conv1d(20, 8, 3, padding=1)
        self.b2 = nn.BatchNorm1d(8)
        self.w = nn.Parameter(torch.randn(8, 1))
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        y = self.d(F.leaky_relu(self.b(self.g(self.c1(x))), 0.2))
        y = torch.cat([F.interpolate(y, scale_factor=2), x], 1)
        y = F.hardtanh(self.b2(self.c2(y)) * self.w + 0.5, -2, 2)
        return self.fc(F.adaptive_max_pool1d(y, 3)[:, :, 1])


class Volume(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv3d(2, 6, 3, padding=1)
        self.b = nn.BatchNorm3d(6)
        self.d = nn.Dropout3d(0.4)
        self.c2 = nn.Conv3d(6, 5, 2)
        self.b2 = nn.BatchNorm3d(5)
        self.fc = nn.Linear(5, 4)

    def forward(self, x):
        y = torch.tanh(self.b2(self.c2(self.d(F.relu6(self.b(self.c(x)))))))
        return self.fc(F.avg_pool3d(y, 2, ceil_mode=True).amax((2, 3, 4)))


class DropPath(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        keep = 1 - self.p
        mask = x.new_empty((x.shape[0],) + (1,) * (x.ndim - 1)).bernoulli_(keep)
        return x * mask.div_(keep)


class Block(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.c1 = nn.Conv2d(8, 8, 3, padding=1)
        self.b1 = nn.BatchNorm2d(8)
        self.dp = DropPath(p)

    def forward(self, x):
        return x + self.dp(F.relu(self.b1(self.c1(x))))


class Path(nn.Module):
    def __init__(self):
        super().__init__()
        self.s = nn.Conv2d(3, 8, 3, padding=1)
        self.bl = nn.Sequential(Block(0.1), Block(0.3))
        self.b = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.b(self.bl(self.s(x))).mean((2, 3)))


def moments_at_norms(model, x, repeats):
    """Mean and population variance of what each norm receives, over all repeats."""
    sums = {}

    def hook(name):
        def add(_, inputs):
            value = inputs[0].double()
            axes = [0, *range(2, value.ndim)]
            one = sums.setdefault(name, [0, 0, 0])
            one[0] += value.mean(axes)
            one[1] += (value * value).mean(axes)
            one[2] += 1

        return add

    norms = [(name, m) for name, m in model.named_modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    hooks = [m.register_forward_pre_hook(hook(name)) for name, m in norms]
    with torch.no_grad():
        for _ in range(repeats):
            model(x)
    for one in hooks:
        one.remove()
    return {name: ((a / n).tolist(), (b / n - (a / n) ** 2).tolist()) for name, (a, b, n) in sums.items()}


NETWORKS = {
    "odd": (Odd(), (8, 3, 15, 14), "eval"),
    "tok": (Tokens(), (6, 3, 16, 16), "eval"),
    "up": (Up(), (7, 4, 24), "eval"),
    "c3": (Volume(), (5, 2, 5, 6, 7), "eval"),
    "path": (Path(), (6, 3, 9, 9), "train"),
}
folder = sys.argv[1]
for name, (model, shape, mode) in NETWORKS.items():
    x = torch.randn(*shape)
    model.train()
    with torch.no_grad():
        for _ in range(30):
            model(x + torch.randn_like(x) * 0.3)
    model.eval()
    with torch.no_grad():
        np.save(f"{folder}/{name}.y.npy", model(x).numpy())
    np.save(f"{folder}/{name}.x.npy", x.numpy())
    quiet = moments_at_norms(model, x, 1)
    model.train(mode == "train")
    dynamic = ({0: torch.export.Dim("n")},)
    torch.export.save(
        torch.export.export(model, (x[:2].clone(),), dynamic_shapes=dynamic), f"{folder}/{name}-operations.pt2"
    )
    for module in model.modules():
        module.training = not isinstance(module, nn.modules.batchnorm._BatchNorm)
    repeats = 20000 // x.shape[0] // 50
    noisy = moments_at_norms(model, x.repeat(50, *[1] * (x.ndim - 1)), repeats)
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump({"quiet": quiet, "noisy": noisy}, file)
