"""The cases in JAX, float32, compiled by XLA."""

import os

PACKAGES = {"kernels": ["jax", "numpy"]}


CPU_ONLY = set()


def start(threads, device):
    """XLA makes its pools as large as the processor looks when it starts: for so long this process has only some of the cores."""
    os.environ["JAX_PLATFORMS"] = device
    everywhere = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    if everywhere is not None:
        os.sched_setaffinity(0, sorted(everywhere)[:threads])
    import jax

    jax.config.update("jax_default_matmul_precision", "float32")
    jax.block_until_ready(jax.jit(lambda x: x @ x)(jax.numpy.ones((256, 256))))
    if everywhere is not None:
        for thread in os.listdir("/proc/self/task"):
            os.sched_setaffinity(int(thread), everywhere)
    return threads if everywhere is not None else os.cpu_count()


def adapter():
    """The name of the GPU, or None."""
    import jax

    return next((device.device_kind for device in jax.devices() if device.platform == "gpu"), None)


def array(value):
    import numpy

    return numpy.asarray(value)


def wait(outputs):
    import jax

    jax.block_until_ready(outputs)


def covariance(z, settings):
    import jax.numpy as jnp

    rows, width = z.shape
    centred = z - z.mean(0)
    c = centred.T @ centred / (rows - 1)
    return (jnp.sum(jnp.square(c)) - jnp.sum(jnp.square(jnp.diagonal(c)))) / width


def barlow_twins(a, b, settings):
    import jax.numpy as jnp

    def standardised(z):
        centred = z - z.mean(0)
        return centred / jnp.sqrt(jnp.square(centred).mean(0) + settings["eps"])

    c = standardised(a).T @ standardised(b) / len(a)
    diagonal = jnp.diagonal(c)
    off_diagonal = jnp.sum(jnp.square(c)) - jnp.sum(jnp.square(diagonal))
    return jnp.sum(jnp.square(diagonal - 1)) + settings["lambda"] * off_diagonal


def loss_case(loss, names, gradients):
    def forward(tensors, settings):
        import jax

        inputs = [jax.device_put(tensors[name]) for name in names]
        value = jax.jit(lambda *views: loss(*views, settings))
        return lambda: {"total": value(*inputs)}

    def forward_backward(tensors, settings):
        import jax

        inputs = [jax.device_put(tensors[name]) for name in names]
        places = tuple(range(len(names)))
        both = jax.jit(jax.value_and_grad(lambda *views: loss(*views, settings), places))

        def step():
            total, slopes = both(*inputs)
            return {"total": total, **dict(zip(gradients, slopes))}

        return step

    return {"forward": forward, "forward-backward": forward_backward}


def sinkhorn(tensors, settings):
    import jax
    import jax.numpy as jnp

    scores = jax.device_put(tensors["scores"])
    images, prototypes = scores.shape

    @jax.jit
    def assignment(scores):
        q = jnp.exp(scores / settings["epsilon"])
        q = q / q.sum()
        for _ in range(settings["iterations"]):
            q = q / (q.sum(0, keepdims=True) * prototypes)
            q = q / (q.sum(1, keepdims=True) * images)
        return q * images

    return lambda: {"assignment": assignment(scores)}


VICREG = loss_case(covariance, ["z"], ["gradient"])
BARLOW = loss_case(barlow_twins, ["a", "b"], ["gradientA", "gradientB"])
CASES = {
    **{("vicreg-covariance", name): make for name, make in VICREG.items()},
    **{("barlow-twins", name): make for name, make in BARLOW.items()},
    ("sinkhorn", "forward"): sinkhorn,
}
