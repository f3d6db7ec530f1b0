"""Parameters of TV-L1."""

from dataclasses import dataclass

from merflow.checks import check_setting


@dataclass(frozen=True, slots=True)
class TvL1Settings:
    """Parameters of TV-L1, for grey values in levels of 255.

    Parameters
    ----------
    tau : float
        Step of the dual ascent, at most 0.25: beyond that the iterations do not settle.
    data_weight : float
        lambda: trust in the grey values against smoothness; smaller is smoother.
    theta : float
        Tightness of the coupling between the two parts of the energy.
    scales : int
        Levels of the pyramid, each half as large as the next finer one. A level has no side below 16 px.
    warps : int
        Linearisations a level.
    iterations : int
        Iterations after each linearisation. The time is nearly proportional to it.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    tau: float = 0.25
    data_weight: float = 0.1
    theta: float = 0.2
    scales: int = 3
    warps: int = 3
    iterations: int = 30

    def __post_init__(self) -> None:
        check_setting(
            0 < self.tau <= 0.25, "flow.tvl1.tau", expected="a number above 0 and at most 0.25", found=self.tau
        )
        for name in ("data_weight", "theta"):
            value = getattr(self, name)
            check_setting(
                1e-3 <= value <= 1e3, f"flow.tvl1.{name}", expected="a number from 0.001 to 1000", found=value
            )
        for name in ("scales", "warps", "iterations"):
            value = getattr(self, name)
            check_setting(value >= 1, f"flow.tvl1.{name}", expected="1 or more", found=value)
