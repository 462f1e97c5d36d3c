"""The cases in PyTorch, eager, float32: the definitions as one would write them with its operations, nothing of them in float64."""

PACKAGES = {"kernels": ["torch", "numpy"], "training": ["torch", "torchvision", "numpy"], "augmentations": ["torch", "torchvision", "numpy"]}


CPU_ONLY = {("view", "forward"), ("vicreg-end-to-end", "forward-backward")}
DEVICE = "cpu"


def start(threads, device):
    """On a GPU all products are float32's: TF32, which convolutions have by default there, keeps 10 bits of 23."""
    global DEVICE
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    if device == "cuda" and adapter() is None:
        raise RuntimeError("got no CUDA device, wanted one")
    DEVICE = device
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    return torch.get_num_threads()


def adapter():
    """The name of the GPU, or None."""
    import torch

    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else None


def placed(array):
    """The values on the device that was asked for."""
    import torch

    return torch.from_numpy(array).to(DEVICE)


def array(value):
    """A result as numpy has it; what only the check needs is a function, which a timed step does not call."""
    return (value() if callable(value) else value).detach().cpu().numpy()


def wait(outputs):
    """On the processor a result is there when the call returns; a GPU has taken note of it."""
    if DEVICE == "cuda":
        import torch

        torch.cuda.synchronize()


def differentiable(tensors, names):
    return [placed(tensors[name]).requires_grad_() for name in names]


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

        inputs = [placed(tensors[name]) for name in names]

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

    scores = placed(tensors["scores"])
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


def sgd_step(features, weights, target, settings):
    """Forward, backward and SGD on one batch; gives the loss before the update."""
    import torch

    optimiser = torch.optim.SGD(weights, settings["learningRate"])

    def step():
        optimiser.zero_grad()
        loss = (features() - target).square().mean()
        loss.backward()
        optimiser.step()
        return loss

    return step


def layouts():
    """PyTorch's two memory layouts, the one that it has unless told otherwise first."""
    import torch

    return [torch.contiguous_format, torch.channels_last]


def fastest(candidates, step_of, repeats=3):
    """The candidate whose steps take the least time, each warmed up by one."""
    import time

    def seconds(candidate):
        step = step_of(candidate)
        settle = getattr(step, "settle", lambda: None)
        step()
        settle()
        start = time.perf_counter()
        for _ in range(repeats):
            step()
        settle()
        return time.perf_counter() - start

    return min(candidates, key=seconds) if len(candidates) > 1 else candidates[0]


def laid_images(images, layout):
    """Images as the convolutional network takes them: upside down and back to front, see there."""
    turned = placed(4 * images - 2).permute(0, 3, 1, 2).flip(2, 3)
    return turned.contiguous(memory_format=layout)


def convnet(tensors, eps, layout):
    """Convolutions, batch normalisation, ReLU: the weights of each stage, and the features as a function of images.

    tfjs pads a stride of 2 behind, PyTorch before: upside down and back to front, images and filters alike, it is the same network."""
    import torch
    from torch.nn import functional as F

    stages = []
    for stage in (1, 2, 3):
        kernel, gamma, beta = (
            placed(tensors["backbone/stage%d_%s" % (stage, name)].copy())
            for name in ("conv/kernel", "norm/gamma", "norm/beta")
        )
        kernel = kernel.permute(3, 2, 0, 1).flip(2, 3).contiguous(memory_format=layout).requires_grad_()
        running = torch.zeros_like(beta), torch.ones_like(beta)
        stages.append((kernel, gamma.requires_grad_(), beta.requires_grad_(), running, 1 if stage == 1 else 2))

    def features(x):
        for kernel, gamma, beta, (mean, variance), stride in stages:
            x = F.conv2d(x, kernel, stride=stride, padding=1)
            x = F.relu(F.batch_norm(x, mean, variance, gamma, beta, True, 0.1, eps), inplace=True)
        return x.mean((2, 3))

    return [stage[:3] for stage in stages], features


def first_gradient(stages):
    """The gradient of the first layer as tfjs has it."""
    return stages[0][0].grad.flip(2, 3).permute(2, 3, 1, 0)


def convnet_step(tensors, settings):
    """Of PyTorch's two memory layouts the faster one is taken, or the one that it has by default where that is asked for."""
    target = placed(tensors["target"])

    def step_in(layout):
        images = laid_images(tensors["images"], layout)
        stages, features = convnet(tensors, settings["eps"], layout)
        train = sgd_step(lambda: features(images), [weight for stage in stages for weight in stage], target, settings)
        return lambda: {"loss": train(), "gradient": lambda: first_gradient(stages)}

    def waited(layout):
        step = step_in(layout)
        return lambda: wait(step())

    return step_in(fastest(layouts()[:1] if settings["layout"] == "default" else layouts(), waited))


def vit_step(tensors, settings):
    """A vision transformer, norms first, its attention PyTorch's own fused one."""
    from torch.nn import functional as F

    target = placed(tensors["target"])
    patch, heads, eps = settings["patch"], settings["heads"], settings["eps"]
    count, height, width, channels = tensors["images"].shape
    down, across = height // patch, width // patch
    patches = placed(4 * tensors["images"] - 2).reshape(count, down, patch, across, patch, channels)
    patches = patches.permute(0, 1, 3, 2, 4, 5).reshape(count, down * across, patch * patch * channels)

    weights = {}
    for name, value in tensors.items():
        if name.startswith("backbone/"):
            weight = placed(value.copy())
            if name.endswith("kernel"):
                weight = weight.reshape(-1, weight.shape[-1]).T.contiguous()
            weights[name[len("backbone/") :]] = weight.requires_grad_()
    size = weights["norm/gamma"].shape

    def dense(x, name, kind="/"):
        return F.linear(x, weights[name + kind + "kernel"], weights[name + kind + "bias"])

    def norm(x, name):
        return F.layer_norm(x, size, weights[name + "/gamma"], weights[name + "/beta"], eps)

    def features():
        x = dense(patches, "patch_conv") + weights["positions/embedding"]
        for i in range(1, settings["blocks"] + 1):
            block = "block%d" % i
            qkv = dense(norm(x, block + "_norm1"), block + "_attention", "/qkv_")
            q, k, v = qkv.view(count, down * across, 3, heads, -1).permute(2, 0, 3, 1, 4)
            mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
            x = x + dense(mixed, block + "_attention", "/out_")
            x = x + dense(F.gelu(dense(norm(x, block + "_norm2"), block + "_fc1")), block + "_fc2")
        return norm(x, "norm").mean(1)

    train = sgd_step(features, list(weights.values()), target, settings)
    first = weights["patch_conv/kernel"]
    shape = tensors["backbone/patch_conv/kernel"].shape
    return lambda: {"loss": train(), "gradient": lambda: first.grad.T.reshape(shape)}


def view(tensors, settings):
    """Augmented views by torchvision, image after image as its pipelines go, on float32 tensors; what is random was drawn before."""
    import torch
    from torchvision.transforms.v2 import functional as F

    images = torch.from_numpy(tensors["images"]).permute(0, 3, 1, 2).contiguous()
    mean, std = settings["normalise"]["mean"], settings["normalise"]["std"]
    colours = {
        "brightness": F.adjust_brightness,
        "contrast": F.adjust_contrast,
        "saturation": F.adjust_saturation,
        "hue": F.adjust_hue,
    }

    def one(image, drawn):
        crop = drawn["crop"]
        x = F.to_dtype(image, torch.float32, scale=True)
        x = F.resized_crop(x, crop["top"], crop["left"], crop["height"], crop["width"], settings["size"], antialias=True)
        if drawn["flip"]:
            x = F.horizontal_flip(x)
        for colour in drawn["colours"]:
            # torchvision has no saturation of a gray image either, but says so by an error.
            if x.shape[0] == 3 or colour["operation"] in ("brightness", "contrast"):
                x = colours[colour["operation"]](x, colour["amount"])
        if drawn["grayscale"] and x.shape[0] == 3:
            x = F.rgb_to_grayscale(x, num_output_channels=3)
        if drawn["blurSigma"] > 0:
            x = F.gaussian_blur(x, settings["taps"], drawn["blurSigma"])
        if drawn["solarise"]:
            x = F.solarize(x, 0.5)
        return F.normalize(x, mean, std)

    def step():
        views = torch.stack([one(image, drawn) for image, drawn in zip(images, settings["views"])])
        return {"view": lambda: views.permute(0, 2, 3, 1)}

    return step


def end_to_end(tensors, settings):
    """VICReg from the images to the next weights."""
    from pytorch_end_to_end import EndToEnd

    return EndToEnd(tensors, settings)


VICREG = loss_case(covariance, ["z"], ["gradient"])
BARLOW = loss_case(barlow_twins, ["a", "b"], ["gradientA", "gradientB"])
CASES = {
    **{("vicreg-covariance", name): make for name, make in VICREG.items()},
    **{("barlow-twins", name): make for name, make in BARLOW.items()},
    ("sinkhorn", "forward"): sinkhorn,
    ("convnet-step", "forward-backward"): convnet_step,
    ("vit-step", "forward-backward"): vit_step,
    ("vicreg-end-to-end", "forward-backward"): end_to_end,
    ("view", "forward"): view,
}
