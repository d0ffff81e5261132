"""How a peer talks to the benchmark: lines of JSON on standard streams, arrays in files.

A peer lives through all turns of a benchmark, so that neither the start of Python nor the compiling of
Numba is in any time. It greets with one line once it is warm, then answers each line with one line.
"""

import importlib.metadata
import json
import os
import resource
import sys

import numpy as np


def read_array(path, *shape):
    """Raw little-endian float32 of `shape`, as the benchmark writes it."""
    return np.fromfile(path, dtype="<f4").reshape(shape)


def write_array(path, array):
    """Raw little-endian float32, row-major."""
    np.ascontiguousarray(array, dtype="<f4").tofile(path)


def serve(packages, warm_up, answer):
    """Greets, then calls `answer(request)` for every line until standard input ends.

    packages: names of distributions whose versions the greeting tells
    answer: takes and returns a dict; `peakMiB` (resident memory of this process so far) is added
    """
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # Whatever a library prints goes to standard error, so that reports stay whole.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(report):
        print(json.dumps(report), file=reports, flush=True)

    warm_up()
    # Without what a distributor's build appends after a plus sign.
    tell({"versions": {name: importlib.metadata.version(name).split("+")[0] for name in packages}})
    for line in sys.stdin:
        report = answer(json.loads(line))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        # Linux counts KiB, macOS bytes.
        tell({**report, "peakMiB": peak / (2**20 if sys.platform == "darwin" else 2**10)})
