"""VICReg from the images to the next weights in PyTorch and torchvision: a batch in random order, two random views, both networks, the
loss, AdamW; and the arrangement of all that on the cores it may have that takes the least time here."""

import os
import sys
import time

import torch
from torch.nn import functional as F
from torch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler, default_collate

from library_pytorch import convnet, covariance, fastest, first_gradient, laid_images, layouts

LAYERS = 3


class Network:
    """The encoder, the expander and the optimiser, at the given weights, in a memory layout."""

    def __init__(self, tensors, settings, layout):
        self.layout = layout
        self.settings = settings
        self.stages, self.features = convnet(tensors, settings["eps"], layout)
        self.expander = []
        for layer in range(1, LAYERS + 1):
            kernel = torch.from_numpy(tensors["projector/fc%d/kernel" % layer]).T.contiguous().requires_grad_()
            norm = None
            if layer < LAYERS:
                gamma, beta = (
                    torch.from_numpy(tensors["projector/norm%d/%s" % (layer, name)].copy()).requires_grad_()
                    for name in ("gamma", "beta")
                )
                norm = torch.zeros_like(beta), torch.ones_like(beta), gamma, beta
            self.expander.append((kernel, norm))
        kernels = [stage[0] for stage in self.stages] + [kernel for kernel, _ in self.expander]
        norms = [weight for stage in self.stages for weight in stage[1:]]
        norms += [weight for _, norm in self.expander if norm for weight in norm[2:]]
        groups = [
            {"params": kernels, "weight_decay": settings["weightDecay"]},
            {"params": norms, "weight_decay": 0},
        ]
        self.optimiser = torch.optim.AdamW(groups, settings["learningRate"], fused=True)

    def embedded(self, images):
        x = self.features(images)
        for kernel, norm in self.expander:
            x = F.linear(x, kernel)
            if norm:
                x = F.relu(F.batch_norm(x, *norm, True, 0.1, self.settings["eps"]), inplace=True)
        return x

    def loss(self, views):
        """The official form: facebookresearch/vicreg, main_vicreg.py."""
        settings = self.settings
        a, b = (self.embedded(view) for view in views)
        total = settings["invariance"] * F.mse_loss(a, b)
        for z in (a, b):
            std = torch.sqrt(z.var(0) + 1e-4)
            total = total + settings["variance"] * F.relu(1 - std).mean() / 2
            total = total + settings["covariance"] * covariance(z, settings)
        return total

    def train(self, views):
        self.optimiser.zero_grad()
        loss = self.loss(views)
        loss.backward()
        self.optimiser.step()

    def scaled(self, view):
        """Bytes as the network takes them."""
        return view.to(torch.float32, memory_format=self.layout).mul_(4 / 255).sub_(2)


class Pairs(Dataset):
    """Two random views of every image, uint8, by torchvision."""

    def __init__(self, images, settings, of):
        from torchvision import transforms as classic
        from torchvision.transforms import v2

        # Images of PIL as torchvision's own data sets hand them out, or tensors: each with the transforms that are faster for it.
        if of == "pil":
            from PIL import Image

            t, last, self.read = classic, [classic.PILToTensor()], lambda i: Image.fromarray(images[i])
        else:
            pixels = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
            t, last, self.read = v2, [], lambda i: pixels[i]
        strengths = [settings[name] for name in ("brightness", "contrast", "saturation", "hue")]
        self.count = len(images)
        self.augment = t.Compose(
            [
                t.RandomResizedCrop(images.shape[1:3], scale=(settings["cropArea"], 1)),
                t.RandomHorizontalFlip(settings["flip"]),
                t.RandomApply([t.ColorJitter(*strengths)], p=settings["jitter"]),
                t.RandomGrayscale(settings["gray"]),
                *last,
            ]
        )

    def __len__(self):
        return self.count

    def __getitem__(self, i):
        image = self.read(i)
        return self.augment(image), self.augment(image)


def ends_with_its_parent(worker):
    """Where the system can do that: a killed peer leaves nobody behind. PyTorch's own workers look every few seconds."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Batches:
    """Batches of pairs without end, made in this process or in workers.

    Workers run ahead by a few batches. So that no time is counted without its work, nor work without its time, `settle` waits until they
    are as far ahead as they were at the start of the measurement."""

    AHEAD = 2

    def __init__(self, pairs, size, workers):
        order = RandomSampler(pairs, num_samples=len(pairs) * 1_000_000)
        self.taken = 0
        self.workers = workers
        if workers == 0:
            self.loader = iter(DataLoader(pairs, batch_sampler=BatchSampler(order, size, True)))
            return
        context = torch.multiprocessing.get_context("fork")
        self.made = made = context.Value("q")

        def collate(items):
            batch = default_collate(items)
            with made.get_lock():
                made.value += 1
            return batch

        self.loader = iter(
            DataLoader(
                pairs,
                batch_sampler=BatchSampler(order, size, True),
                num_workers=workers,
                prefetch_factor=self.AHEAD,
                collate_fn=collate,
                worker_init_fn=ends_with_its_parent,
                multiprocessing_context=context,
            )
        )

    def __next__(self):
        self.taken += 1
        return next(self.loader)

    def settle(self):
        while self.workers and self.made.value < self.taken + self.AHEAD * self.workers:
            time.sleep(0.0005)

    def close(self):
        # What the loader does when nobody holds it any more: it ends its workers.
        self.loader = None


def hold_to(cores):
    """All threads of this process, and workers that it starts from now on, on these cores."""
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), cores)


class EndToEnd:
    """The step that is timed. What is checked is the loss and the first layer's gradient of the two given views, at the given weights."""

    def __init__(self, tensors, settings):
        images = tensors["dataset"]
        self.threads = torch.get_num_threads()
        self.everywhere = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else None

        given = {}

        def trained(layout):
            network = Network(tensors, settings, layout)
            given[layout] = [laid_images(tensors[name], layout) for name in ("first", "second")]
            return lambda: network.train(given[layout])

        layout = fastest(layouts(), trained)
        self.network = Network(tensors, settings, layout)
        loss = self.network.loss(given[layout])
        loss.backward()
        self.checked = {"loss": loss.detach(), "gradient": first_gradient(self.network.stages)}

        size = len(tensors["first"])

        def augmented(of):
            pairs = Pairs(images, settings, of)
            return lambda: [pairs[i] for i in range(min(size, 32))]

        self.pairs = Pairs(images, settings, fastest(["pil", "tensors"], augmented))
        self.size = size
        self.batches = None
        self.arrange(fastest(self.arrangements(), self.arranged, repeats=4))

    def arrangements(self):
        """Workers that augment, and threads that train. More processes than cores may be faster, since neither is always busy."""
        threads = self.threads
        choices = [(0, threads)]
        if self.everywhere is not None and threads > 1:
            choices += [(workers, count) for workers in (1, 2) for count in sorted({threads, max(1, threads - workers)})]
        return choices

    def arrange(self, arrangement):
        workers, threads = arrangement
        self.rest()
        if workers > 0:
            # Together they have as many cores as this process has threads.
            hold_to(sorted(self.everywhere)[: self.threads])
        torch.set_num_threads(threads)
        self.batches = Batches(self.pairs, self.size, workers)
        self.settle()

    def arranged(self, arrangement):
        self.arrange(arrangement)
        return self

    def __call__(self):
        self.network.train([self.network.scaled(view) for view in next(self.batches)])
        return {name: lambda value=value: value for name, value in self.checked.items()}

    def settle(self):
        self.batches.settle()

    def rest(self):
        """As it was before: no workers, all cores, all threads."""
        if self.batches is not None:
            self.batches.close()
            self.batches = None
            if self.everywhere is not None:
                hold_to(self.everywhere)
            torch.set_num_threads(self.threads)

    close = rest
