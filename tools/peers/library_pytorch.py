"""The cases in PyTorch, eager, float32: the definitions as one would write them with its operations, nothing of them in float64."""

PACKAGES = {"kernels": ["torch", "numpy"]}


def start(threads):
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    return torch.get_num_threads()


def array(value):
    return value.detach().numpy()


def wait(outputs):
    """On the processor a result is there when the call returns."""


def differentiable(tensors, names):
    import torch

    return [torch.from_numpy(tensors[name]).requires_grad_() for name in names]


def covariance(z, settings):
    """VICReg's covariance term: the squares off the diagonal of the covariance, over the width."""
    rows, width = z.shape
    centred = z - z.mean(0)
    c = centred.T @ centred / (rows - 1)
    return (c.square().sum() - c.diagonal().square().sum()) / width


def barlow_twins(a, b, settings):
    """Barlow Twins' loss: the cross-correlation of the standardised views against the identity."""

    def standardised(z):
        centred = z - z.mean(0)
        return centred / (centred.square().mean(0) + settings["eps"]).sqrt()

    c = standardised(a).T @ standardised(b) / len(a)
    diagonal = c.diagonal()
    off_diagonal = c.square().sum() - diagonal.square().sum()
    return (diagonal - 1).square().sum() + settings["lambda"] * off_diagonal


def loss_case(loss, names, gradients):
    """Cases of a loss of some inputs: its value, and its value with the gradients by all of them."""

    def forward(tensors, settings):
        import torch

        inputs = [torch.from_numpy(tensors[name]) for name in names]

        def step():
            with torch.no_grad():
                return {"total": loss(*inputs, settings)}

        return step

    def forward_backward(tensors, settings):
        inputs = differentiable(tensors, names)

        def step():
            for one in inputs:
                one.grad = None
            total = loss(*inputs, settings)
            total.backward()
            return {"total": total, **{name: one.grad for name, one in zip(gradients, inputs)}}

        return step

    return {"forward": forward, "forward-backward": forward_backward}


def sinkhorn(tensors, settings):
    """SwAV's assignment: prototypes, then images, brought to equal sums, some times over."""
    import torch

    scores = torch.from_numpy(tensors["scores"])
    images, prototypes = scores.shape

    def step():
        with torch.no_grad():
            q = torch.exp(scores / settings["epsilon"])
            q /= q.sum()
            for _ in range(settings["iterations"]):
                q /= q.sum(0, keepdim=True) * prototypes
                q /= q.sum(1, keepdim=True) * images
            return {"assignment": q.mul_(images)}

    return step


VICREG = loss_case(covariance, ["z"], ["gradient"])
BARLOW = loss_case(barlow_twins, ["a", "b"], ["gradientA", "gradientB"])
CASES = {
    **{("vicreg-covariance", name): make for name, make in VICREG.items()},
    **{("barlow-twins", name): make for name, make in BARLOW.items()},
    ("sinkhorn", "forward"): sinkhorn,
}
