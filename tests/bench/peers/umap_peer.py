"""umap-learn on the points that the benchmark hands over."""

import time

import numpy as np
from serve import read_array, serve, write_array
from umap import UMAP


def warm_up():
    """Compiles what Numba compiles once, along the path of large inputs: approximate neighbours."""
    points = np.random.default_rng(0).normal(size=(1100, 16)).astype(np.float32)
    for seed in (0, None):
        UMAP(
            n_components=3,
            n_neighbors=50,
            min_dist=0,
            metric="cosine",
            random_state=seed,
            n_epochs=11,
            force_approximation_algorithm=True,
        ).fit_transform(points)


def answer(request):
    """[n, d] points -> [n, dims] positions; `seed` null: all cores, and another picture each time."""
    points = read_array(request["points"], request["n"], request["d"])
    start = time.perf_counter()
    positions = UMAP(
        n_components=request["dims"],
        n_neighbors=request["neighbours"],
        min_dist=request["minDist"],
        spread=request["spread"],
        metric=request["metric"],
        random_state=request["seed"],
    ).fit_transform(points)
    seconds = time.perf_counter() - start
    write_array(request["positions"], positions)
    return {"seconds": seconds}


if __name__ == "__main__":
    serve(["umap-learn", "pynndescent", "numba"], warm_up, answer)
