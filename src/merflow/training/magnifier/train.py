"""Training of the learned motion magnifier on procedural pairs; nothing is read but the settings and the seed."""

import math
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor, nn

from merflow.errors import MerflowError
from merflow.files import atomic_path
from merflow.models.magnifier import ARCHITECTURE, MotionMagnifier
from merflow.training.checkpoint import save_weights
from merflow.training.execution import choose_device, keep_freed_memory, reproducible
from merflow.training.magnifier.pairs import Pairs, make_pairs
from merflow.training.magnifier.settings import MARGIN_PX, MagnifierSettings
from merflow.training.magnifier.textures import make_textures

_WARMUP_STEPS = 100
_STEPS_A_ROW = 100
_LARGEST_GRADIENT = 1.0
_CHANGE_FLOOR = 0.1
"""Grey levels added to the size of the wanted change, so that a pair that hardly changes cannot rule the loss."""


def magnifier_loss(magnified: Tensor, pairs: Pairs, amplitude_weight: float) -> tuple[Tensor, Tensor]:
    r"""Return the loss and the amplitude, the share of the wanted change that is there; both are means over the batch.

    With d the wanted change (target less clean frame) and e the change that the network makes (output less frame):

    .. math:: L = \frac{\overline{|e - d|}}{\overline{|d|} + 0.1} + w \, \left|1 - \frac{e \cdot d}{d \cdot d}\right|

    A small motion counts as much as a large one. The first term alone has its least value at too small an amplitude
    where noise hides the motion, as any average over what might have been; the second term holds against it.

    Parameters
    ----------
    magnified : Tensor of shape (batch, 3, side, side)
    pairs : Pairs
    amplitude_weight : float
        w.
    """
    inner = slice(MARGIN_PX, -MARGIN_PX)
    wanted = (pairs.target - pairs.clean)[..., inner, inner]
    made = (magnified - pairs.frame)[..., inner, inner]
    pixels = (1, 2, 3)
    difference = (made - wanted).abs().mean(pixels) / (wanted.abs().mean(pixels) + _CHANGE_FLOOR)
    power = wanted.square().mean(pixels)
    amplitude = ((made * wanted).mean(pixels) + _CHANGE_FLOOR**2) / (power + _CHANGE_FLOOR**2)
    return (difference + amplitude_weight * (1 - amplitude).abs()).mean(), amplitude.mean()


def train_magnifier(
    settings: MagnifierSettings,
    out_weights: Path,
    out_history: Path,
    *,
    seed: int,
    device: str = "cpu",
    threads: int = 1,
) -> None:
    """Train a magnifier and write its weights and history.

    Parameters
    ----------
    settings : MagnifierSettings
    out_weights : Path
        For ``merflow.models.magnifier.load_magnifier``; carries the settings and the seed. On one machine the same
        settings, seed and number of threads give the same bytes.
    out_history : Path
        CSV, one row every 100 steps: ``step``, ``loss``, ``amplitude`` (share of the wanted change), ``lr``.
    seed : int
        Of the first weights, the textures and the motions.
    device : {"auto", "cpu", "cuda"}
    threads : int
        Threads of PyTorch on a CPU.

    Raises
    ------
    ConfigError
        When the device does not exist.
    MerflowError
        When training diverges.
    """
    where = choose_device(device)
    keep_freed_memory()
    with reproducible(where, threads=threads):
        net, history = fit_magnifier(settings, seed=seed, device=where)
    config = {"model": ARCHITECTURE, "model_params": net.params, "settings": asdict(settings), "seed": seed}
    save_weights(out_weights, net.state_dict(), config)
    with atomic_path(out_history) as partial:
        pd.DataFrame(history).to_csv(partial, index=False, float_format="%.6g", lineterminator="\n")


def fit_magnifier(
    settings: MagnifierSettings, *, seed: int, device: torch.device
) -> tuple[MotionMagnifier, list[dict[str, float]]]:
    """Return a trained magnifier in evaluation mode, and the rows of its history.

    Raises
    ------
    MerflowError
        When training diverges.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = MotionMagnifier().to(device)
    generator = torch.Generator().manual_seed(seed)
    textures = make_textures(settings.textures, settings.texture_px, generator)
    optimiser = torch.optim.Adam(net.parameters(), lr=settings.learning_rate, betas=(0.9, 0.99))
    history, sums, summed = [], torch.zeros(2, device=device), 0
    for step in range(settings.steps):
        rate = learning_rate(step, settings)
        for group in optimiser.param_groups:
            group["lr"] = rate
        pairs = make_pairs(textures, settings, generator).to(device)
        sums += training_step(net, optimiser, pairs, settings.amplitude_weight)
        summed += 1
        if summed == _STEPS_A_ROW or step + 1 == settings.steps:
            loss, amplitude = (sums / summed).tolist()
            history.append({"step": step + 1, "loss": loss, "amplitude": amplitude, "lr": rate})
            _check_finite(loss, step, settings)
            sums, summed = torch.zeros(2, device=device), 0
    return net.eval(), history


def training_step(
    net: MotionMagnifier, optimiser: torch.optim.Optimizer, pairs: Pairs, amplitude_weight: float
) -> Tensor:
    """Take one step; return the loss and the amplitude before it, of shape (2,)."""
    optimiser.zero_grad(set_to_none=True)
    magnified = net(pairs.onset, pairs.frame, pairs.factor)
    loss, amplitude = magnifier_loss(magnified, pairs, amplitude_weight)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(net.parameters(), _LARGEST_GRADIENT)
    optimiser.step()
    return torch.stack([loss.detach(), amplitude.detach()])


def learning_rate(step: int, settings: MagnifierSettings) -> float:
    """Return the learning rate of one step: linear warm-up, then half a cosine to 0 at the end."""
    if step < _WARMUP_STEPS:
        return settings.learning_rate * (step + 1) / _WARMUP_STEPS
    progress = (step - _WARMUP_STEPS) / max(1, settings.steps - _WARMUP_STEPS)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))


def _check_finite(loss: float, step: int, settings: MagnifierSettings) -> None:
    if not math.isfinite(loss):
        raise MerflowError(
            f"training of the magnifier diverged: expected a finite loss, but found {loss} by step {step + 1}. Lower "
            f"magnifier.learning_rate (now {settings.learning_rate:g})."
        )
