"""PyTorch's own modules: Dropout, Linear and BatchNorm1d in train mode; batch variances where Batch Normalization reads them."""

import torch

from contestant import BATCH_SIZE, KEEP, MEAN, MOMENTUM, Share, arguments, compete

options = arguments()
torch.set_num_threads(options.threads)
torch.manual_seed(20190616)
torch.set_grad_enabled(False)

dropout = torch.nn.Dropout(1 - KEEP)
linear = torch.nn.Linear(options.width, options.neurons, bias=False) if options.neurons > 0 else torch.nn.Identity()
norm = torch.nn.BatchNorm1d(options.neurons or options.width, momentum=MOMENTUM)


@torch.inference_mode()
def draw(batches):
    train, test = [], []
    norm.running_mean.zero_()
    norm.running_var.zero_()
    for _ in range(batches):
        x = torch.randn(BATCH_SIZE, options.width) + MEAN
        reached = linear(dropout(x))
        norm(reached)
        train.append(reached.var(dim=0).mean().item())
        test.append(linear(x).var(dim=0).mean().item())
    return Share(train, test, norm.running_mean.numpy().copy(), norm.running_var.numpy().copy())


compete(options, draw)
