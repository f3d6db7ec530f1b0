"""Encoder, manipulator and decoder of the learned motion magnifier.

The parts are those of Oh et al., "Learning-based Video Motion Magnification", ECCV 2018, section 3. The layers within
them are ours, made for motions below a pixel and for training in minutes on a processor:

- The shape is that of a locally normalised picture, at three scales, so that light and contrast hardly enter.
- The manipulator sees the difference of two shapes multiplied with their mean. A difference alone has the sign of the
  edge; its product with the gradient has the sign of the motion, and can be averaged over a neighbourhood.
- The decoder multiplies as well: the amplified code weighs filtered versions of the frame, so that a frame that did not
  move stays as it is, exactly.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

LUMA_WEIGHTS = (0.299, 0.587, 0.114)
"""Weights of R, G, B in the grey picture (ITU-R BT.601)."""

_CONTRAST_FLOOR = 4.0
"""Grey levels added to the local deviation, so that noise is not blown up where skin is plain."""

_ENERGY_FLOOR = 1e-3
"""Added to the pooled energy of the shape (one in a textured neighbourhood): less is no evidence of motion."""


class Encoder(nn.Module):
    """Shape of a frame at three scales: responses of small filters on the locally normalised picture.

    Parameters
    ----------
    features : int
        Filters at each scale, at least 6; they start as derivatives of a Gaussian up to second order and noise.

    Shapes
    ------
    input: (batch, 3, h, w) grey levels; output: three of (batch, features, h / s, w / s), s = 2, 4, 8
    """

    luma: Tensor

    def __init__(self, features: int) -> None:
        super().__init__()
        convolutions = [nn.Conv2d(1, features, 5, padding=2, bias=False) for _ in range(3)]
        start = _gaussian_derivatives(5, 0.9)
        for conv in convolutions:
            conv.weight.data.mul_(0.3)
            conv.weight.data[: len(start), 0] = start
        self.scales = nn.ModuleList(convolutions)
        self.register_buffer("luma", torch.tensor(LUMA_WEIGHTS)[None, :, None, None], persistent=False)

    def forward(self, frame: Tensor) -> list[Tensor]:
        """Return the shape at each scale, finest first."""
        picture = normalise_locally(functional.avg_pool2d((frame * self.luma).sum(1, keepdim=True), 2))
        shapes = []
        for level, conv in enumerate(self.scales):
            picture = functional.avg_pool2d(picture, 2) if level else picture
            shapes.append(conv(picture))
        return shapes


class GatedBlock(nn.Module):
    """Two convolutions of the motion evidence, each scaled by a gate that sees the context and the evidence's size.

    No bias meets the evidence and the gates do not depend on its sign: none in gives none out, and the opposite
    motion gives the opposite code.
    """

    def __init__(self, inputs: int, context: int, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, width, 3, padding=1, bias=False)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.skip = nn.Conv2d(inputs, width, 1, bias=False)
        self.see = nn.Conv2d(inputs + context, width, 3, padding=1)
        self.gates = nn.Conv2d(width, 2 * width, 1)

    def forward(self, evidence: Tensor, context: Tensor) -> Tensor:
        """Return the code (batch, width, h, w)."""
        seen = functional.relu(self.see(torch.cat([evidence.abs(), context], 1)))
        gate1, gate2 = (2 * torch.sigmoid(self.gates(seen))).chunk(2, 1)
        code: Tensor = self.skip(evidence) + self.second(self.first(evidence) * gate1)
        return code * gate2


class Evidence(nn.Module):
    """Evidence of motion at one scale: products of the shape and its difference, pooled, over the pooled energy."""

    def __init__(self, features: int, products: int) -> None:
        super().__init__()
        self.of_mean = nn.Conv2d(features, products, 1, bias=False)
        self.of_difference = nn.Conv2d(features, products, 1, bias=False)
        self.left = nn.Conv2d(features, products, 1, bias=False)
        self.right = nn.Conv2d(features, products, 1, bias=False)
        # The first products are those of Lucas and Kanade: gradient times difference, and the structure tensor.
        for conv, taken in (
            (self.of_mean, (1, 2)),
            (self.of_difference, (0, 0)),
            (self.left, (1, 2, 1)),
            (self.right, (1, 2, 2)),
        ):
            conv.weight.data[: len(taken)] = 0
            for row, column in enumerate(taken):
                conv.weight.data[row, column] = 1

    def forward(self, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        """Return evidence and context, each (batch, products or products + 1, h, w), of two shapes."""
        mean, difference = (a + b) / 2, b - a
        moved = _box(self.of_mean(mean) * self.of_difference(difference))
        structure = _box(self.left(mean) * self.right(mean))
        energy = _box(mean[:, 1:3].square().sum(1, keepdim=True)) + _ENERGY_FLOOR
        return moved / energy, torch.cat([structure / energy, energy.log()], 1)


class Manipulator(nn.Module):
    """From two shapes to the code of the motion between them, coarse to fine.

    Shapes
    ------
    input: twice three shapes; output: (batch, width, h / 2, w / 2)
    """

    def __init__(self, features: int, products: int, width: int) -> None:
        super().__init__()
        self.evidence = nn.ModuleList(Evidence(features, products) for _ in range(3))
        self.blocks = nn.ModuleList(
            GatedBlock(products + (0 if coarsest else width), products + 1, width) for coarsest in (False, False, True)
        )

    def forward(self, a: list[Tensor], b: list[Tensor]) -> Tensor:
        """Return the code at half the size of the frame."""
        code: Tensor | None = None
        for level in (2, 1, 0):
            moved, context = self.evidence[level](a[level], b[level])
            if code is not None:
                moved = torch.cat([moved, _double(code)], 1)
            code = self.blocks[level](moved, context)
        assert code is not None  # noqa: S101 - for the type checker
        return code


class Decoder(nn.Module):
    """From the frame (texture) and the amplified code (shape) to the magnified frame, in several equal steps.

    The code becomes one weight a pixel for each of a few filters; a step adds the weighted filtered pictures to the
    picture. This is a learned stencil of the transport equation: one large shift of a sharp edge would need far more
    filters than several small ones.

    Parameters
    ----------
    width : int
        Length of the code.
    filters : int
        Filtered versions of the picture, at least 2; the first two start as the derivatives in x and y.
    size : int
        Side of a filter, px.
    steps : int
        Steps from the frame to the magnified frame.
    """

    def __init__(self, width: int, filters: int, size: int, steps: int) -> None:
        super().__init__()
        self.steps = steps
        self.texture = nn.Conv2d(1, filters, size, padding=size // 2, padding_mode="replicate", bias=False)
        self.texture.weight.data.mul_(0.1)
        self.texture.weight.data[:2, 0] = -_gaussian_derivatives(size, 0.5)[1:3]
        self.linear = nn.Conv2d(width, filters, 1, bias=False)
        self.bend = nn.Conv2d(width, 2 * width, 3, padding=1, bias=False)
        self.bend_from = nn.Parameter(torch.empty(2 * width, 1, 1).uniform_(-0.5, 0.5))
        self.curved = nn.Conv2d(2 * width, filters, 3, padding=1, bias=False)
        self.curved.weight.data.mul_(0.1)

    def forward(self, frame: Tensor, code: Tensor) -> Tensor:
        """Return the magnified frame; the frame itself for a code of zeros."""
        code = code / self.steps
        bent = torch.tanh(self.bend(code) + self.bend_from) - torch.tanh(self.bend_from)
        weights = _double(self.linear(code) + self.curved(bent))[:, None]
        batch, channels, height, width = frame.shape
        for _ in range(self.steps):
            textures = self.texture(frame.reshape(batch * channels, 1, height, width))
            frame = frame + (textures.view(batch, channels, -1, height, width) * weights).sum(2)
        return frame


def normalise_locally(grey: Tensor) -> Tensor:
    """Give every neighbourhood of a grey picture (batch, 1, h, w) mean 0 and, where there is contrast, deviation 1.

    A neighbourhood is two passes of a box of 5 pixels, nearly a Gaussian of 2.
    """
    detail = grey - _box(_box(grey))
    return detail / (_box(_box(detail.square())) + _CONTRAST_FLOOR**2).sqrt()


def _box(x: Tensor) -> Tensor:
    """Mean over 5 x 5 pixels, of those that there are at the border."""
    x = functional.avg_pool2d(x, (5, 1), stride=1, padding=(2, 0), count_include_pad=False)
    return functional.avg_pool2d(x, (1, 5), stride=1, padding=(0, 2), count_include_pad=False)


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def _gaussian_derivatives(size: int, sd: float) -> Tensor:
    """Return kernels (6, size, size) to correlate with: a Gaussian, d/dx, d/dy, d2/dx2, d2/dxdy, d2/dy2.

    Scaled so that the derivatives of x, y, x^2, xy and y^2 are exact.
    """
    at = torch.arange(size) - size // 2
    g = torch.exp(-at.square() / (2 * sd * sd))
    g = g / g.sum()
    d1 = g * at
    d1 = d1 / (d1 * at).sum()
    d2 = g * (at.square() - (g * at.square()).sum())
    d2 = 2 * d2 / (d2 * at.square()).sum()
    rows = [(g, g), (g, d1), (d1, g), (g, d2), (d1, d1), (d2, g)]
    return torch.stack([y[:, None] * x[None] for y, x in rows])
