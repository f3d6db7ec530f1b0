"""SCA: attention by second-order statistics of channels and of places (Li, Huang, Zhao 2021).

The layers are those of the public benchmark of micro-expressions meb (MIT licence), which are those of Gao et al. 2019
(second-order pooling) with a fusion of their own. What differs, and why, is in docs/models/res3d.md.
"""

from torch import Tensor, nn

FUSION_GROUPS, FUSION_HEIGHT = 8, 9
"""Groups of the convolutions that weigh the two branches, and the rows that they see."""


def covariance(x: Tensor) -> Tensor:
    """Return the covariance (batch, rows, rows) of the rows of `x` (batch, rows, samples), by the number of samples."""
    centred = x - x.mean(2, keepdim=True)
    return centred @ centred.transpose(1, 2) / x.shape[2]


class RowWise(nn.Module):
    """Batch norm of each row of a square matrix, then numbers that are made of that row alone.

    Shapes
    ------
    input: (batch, rows, rows); output: (batch, rows * each, 1, 1)
    """

    def __init__(self, rows: int, *, each: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(rows)
        self.weigh = nn.Conv2d(rows, rows * each, (rows, 1), groups=rows)

    def forward(self, matrix: Tensor) -> Tensor:
        """Return the numbers of each row, one row after the other."""
        numbers: Tensor = self.weigh(self.norm(matrix[..., None]))
        return numbers


class SCA(nn.Module):
    """Gate a map by its channels and by its places, and weigh both results by what they contain.

    Parameters
    ----------
    channels : int
        A multiple of 8.
    height, width : int
        Of the map.

    Shapes
    ------
    input and output: (batch, channels, 1, height, width), of one frame
    """

    def __init__(self, channels: int, *, height: int, width: int) -> None:
        super().__init__()
        places = height * width
        self.of_channels = RowWise(channels, each=1)
        self.of_places = RowWise(places, each=4)
        self.mix_places = nn.Conv2d(4 * places, places, 1)
        half = FUSION_HEIGHT // 2
        self.weigh_channels, self.weigh_places = (
            nn.Conv2d(channels, channels, (FUSION_HEIGHT, 1), padding=(half, 0), groups=FUSION_GROUPS) for _ in range(2)
        )
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return the fused map."""
        x = x.squeeze(2)
        of_channels, of_places = self.gates(x)
        by_channel, by_place = x * of_channels, nn.functional.relu(x * of_places)
        fused = self.weigh_channels(by_channel) * by_channel + self.weigh_places(by_place) * by_place
        normalised: Tensor = self.norm(fused)
        return normalised[:, :, None]

    def gates(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the gates of a map (batch, channels, h, w), between 0 and 1.

        Those of channels are (batch, channels, 1, 1), those of places (batch, 1, h, w).
        """
        rows = x.flatten(2)
        of_channels = self.of_channels(covariance(rows)).sigmoid()
        seen = nn.functional.relu(self.of_places(covariance(rows.transpose(1, 2))))
        of_places = self.mix_places(seen).sigmoid()
        return of_channels, of_places.view(len(x), 1, *x.shape[2:])
