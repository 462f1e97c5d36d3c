"""A library in a process of its own, that computes the cases of jembench's benchmarks: JSON lines in, JSON lines out.

    python peer.py pytorch --check kernels cpu|cuda     what is installed, and the GPU, as one line of JSON
    python peer.py pytorch                              answers requests until its input ends

A request is `{"id": 1, "op": ..., ...}`; its answer `{"id": 1, "ok": {...}}` or `{"id": 1, "error": "..."}`.

    start {threads, device: "cpu" | "cuda"}     -> {threads, device, cases: ["sinkhorn forward", ...]}
    open {name, pass, tensors, settings}        -> {}         one case at a time
    outputs {}                                  -> {outputs: {name: {shape, data}}}
    time {repeats}                              -> {ms, processorMs}     of all repeats, each to its end
    close {}                                    -> {}

A tensor is `{"shape": [...], "type": "float32" | "uint8", "data": base64 of the bytes, little-endian, row-major}`; outputs are float32.
"""

import base64
import importlib
import importlib.metadata
import json
import os
import platform
import queue
import signal
import sys
import threading
import time

LIBRARIES = {"pytorch": "library_pytorch", "jax": "library_jax"}


def main(arguments):
    name, *rest = arguments
    module = LIBRARIES[name]
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder] + [path for path in sys.path if path not in ("", folder)]
    library = importlib.import_module(module)
    if rest[:1] == ["--check"]:
        print(json.dumps(check(library, *rest[1:])))
    else:
        serve(library)


def check(library, benchmarks, device="cpu"):
    """Versions of the packages that the library's benchmarks need, null where one is missing; nothing is imported, but for a GPU."""

    def version(package):
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            return None

    packages = {package: version(package) for package in library.PACKAGES.get(benchmarks, [])}
    adapter = library.adapter() if device == "cuda" and all(packages.values()) else None
    return {"python": platform.python_version(), "packages": packages, "adapter": adapter}


def serve(library):
    # Whatever a library prints belongs to stderr; answers have a channel of their own.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    # Ctrl-C reaches the whole group of processes; who asks decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = queue.Queue()
    threading.Thread(target=read, args=(requests,), daemon=True).start()
    session = Session(library)
    while True:
        request = requests.get()
        try:
            answer = {"ok": getattr(session, "do_" + request["op"])(request)}
        except Exception as error:
            text = str(error).strip().splitlines()
            answer = {"error": "%s: %s" % (type(error).__name__, text[0] if text else "no message")}
        answers.write(json.dumps({"id": request["id"], **answer}) + "\n")
        answers.flush()


def read(requests):
    """Requests as they come. When there will be no more, nobody waits for an answer: the process ends, in the middle of its work."""
    # A channel of its own: a process that a case forks closes sys.stdin, and would wait for ever for the lock that this thread holds.
    with os.fdopen(os.dup(0), "rb") as lines:
        for line in lines:
            requests.put(json.loads(line))
    os._exit(0)


class Session:
    """The library, and the one case that is open."""

    def __init__(self, library):
        self.library = library
        self.step = None

    def do_start(self, request):
        device = request["device"]
        threads = self.library.start(request["threads"], device)
        cases = [case for case in self.library.CASES if device == "cpu" or case not in self.library.CPU_ONLY]
        return {"threads": threads, "device": device, "cases": sorted("%s %s" % case for case in cases)}

    def do_open(self, request):
        make = self.library.CASES[request["name"], request["pass"]]
        tensors = {name: decoded(tensor) for name, tensor in request["tensors"].items()}
        self.step = make(tensors, request["settings"])
        return {}

    def do_outputs(self, request):
        return {"outputs": {name: encoded(self.library.array(value)) for name, value in self.step().items()}}

    def do_time(self, request):
        step, wait = self.step, self.library.wait
        processor, wall = time.process_time(), time.perf_counter()
        for _ in range(request["repeats"]):
            wait(step())
        # A case that works ahead does here what the next measurement would find done.
        getattr(step, "settle", lambda: None)()
        ms = 1e3 * (time.perf_counter() - wall)
        return {"ms": ms, "processorMs": 1e3 * (time.process_time() - processor)}

    def do_close(self, request):
        getattr(self.step, "close", lambda: None)()
        self.step = None
        return {}


def decoded(tensor):
    import numpy

    flat = numpy.frombuffer(base64.b64decode(tensor["data"]), numpy.dtype(tensor["type"]).newbyteorder("<"))
    return flat.reshape(tensor["shape"]).copy()


def encoded(array):
    import numpy

    values = numpy.ascontiguousarray(array, numpy.dtype("<f4"))
    return {"shape": list(values.shape), "type": "float32", "data": base64.b64encode(values.tobytes()).decode("ascii")}


if __name__ == "__main__":
    main(sys.argv[1:])
