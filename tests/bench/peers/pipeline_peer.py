"""Hidden states to frames with the tools of the write-up that this project started from.

Written anew from what the write-up tells: a PyTorch autoencoder over the states' means
(dModel -> 512 -> 1024 x 16 -> 512 -> dModel; mean squared error; Adam), umap-learn over the particles
of all layers together (cosine, 50 neighbours, min_dist 0, 3-D), scaling with scikit-learn.
"""

import time

import numpy as np
import torch
from serve import read_array, serve, write_array
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from torch import nn
from umap import UMAP
from umap_peer import warm_up as warm_up_umap


class Autoencoder(nn.Module):
    """[m, dModel] -> [m, particles x code] -> [m, dModel], with PyTorch's own start."""

    def __init__(self, d_model, hidden, n_codes):
        super().__init__()
        self.encode = nn.Sequential(
            nn.Linear(d_model, hidden), nn.ReLU(), nn.Linear(hidden, n_codes)
        )
        self.decode = nn.Sequential(
            nn.Linear(n_codes, hidden), nn.ReLU(), nn.Linear(hidden, d_model)
        )

    def forward(self, x):
        return self.decode(self.encode(x))


def pool(states):
    """[nStates, nTokens, dModel] -> [nStates, dModel], mean 0 over the rows, variance 1 over all.

    One scale for all dimensions: the mean squared error is then the share of variance that is missed.
    """
    rows = StandardScaler(with_std=False).fit_transform(states.mean(axis=1))
    return torch.from_numpy((rows / rows.std()).astype(np.float32))


def train(model, x, learning_rate, target, max_steps):
    """Adam on all rows at once until the explained variance reaches `target`, or for `max_steps`."""
    adam = torch.optim.Adam(model.parameters(), lr=learning_rate)
    for step in range(max_steps):
        loss = nn.functional.mse_loss(model(x), x)
        if 1 - loss.item() >= target:
            return step
        adam.zero_grad()
        loss.backward()
        adam.step()
    return max_steps


def answer(request):
    """States -> codes [nStates x particles, code] and positions [nStates x particles, dims]."""
    shape = request["nStates"], request["nTokens"], request["dModel"]
    states = read_array(request["states"], *shape)
    torch.manual_seed(request["seed"])

    start = time.perf_counter()
    x = pool(states)
    model = Autoencoder(shape[2], request["hidden"], request["particles"] * request["code"])
    steps = train(model, x, request["learningRate"], request["target"], request["maxSteps"])
    with torch.no_grad():
        codes = model.encode(x)
        loss = nn.functional.mse_loss(model.decode(codes), x).item()
    codes = codes.numpy().reshape(-1, request["code"])
    encoded = time.perf_counter()
    positions = UMAP(
        n_components=request["dims"],
        n_neighbors=request["neighbours"],
        min_dist=request["minDist"],
        spread=request["spread"],
        metric=request["metric"],
        random_state=request["seed"],
    ).fit_transform(codes)
    # One scale for the three axes: the frames fill a cube and keep their shape.
    frames = MinMaxScaler().fit_transform(positions.reshape(-1, 1)).reshape(positions.shape)
    end = time.perf_counter()

    write_array(request["codes"], codes)
    write_array(request["positions"], frames)
    return {
        "encodeSeconds": encoded - start,
        "projectSeconds": end - encoded,
        "steps": steps,
        "explainedVariance": 1 - loss,
    }


def warm_up():
    """PyTorch's first step starts its threads; Numba compiles."""
    train(Autoencoder(8, 8, 8), torch.zeros(2, 8), 1e-3, 2, 2)
    warm_up_umap()


if __name__ == "__main__":
    serve(["torch", "umap-learn", "scikit-learn"], warm_up, answer)
