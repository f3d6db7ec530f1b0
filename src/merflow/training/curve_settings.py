"""Settings of learning curves; of their own file, since planning reads them and no training does."""

from dataclasses import dataclass

from merflow.checks import check_setting


@dataclass(frozen=True, slots=True)
class CurveSettings:
    """How many subjects learning curves are trained on, and how often they are drawn.

    Parameters
    ----------
    draws : int
        Orders of the subjects that are drawn. With each of them every fold is trained once a point, with one seed.
    points : int
        Numbers of training subjects below all of them, from 2 on in equal ratios.
    """

    draws: int = 5
    points: int = 4

    def __post_init__(self) -> None:
        check_setting(self.draws >= 2, "learning_curve.draws", expected="2 or more", found=self.draws)
        check_setting(self.points >= 1, "learning_curve.points", expected="1 or more", found=self.points)
