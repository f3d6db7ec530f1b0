"""The settings of dynamic images that change their result; each is a key of config.yaml."""

from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from merflow.checks import check_choice, check_setting

Domain = Literal["depth", "enhanced", "texture", "red", "green", "blue"]
COLOURS = ("red", "green", "blue")
IN_DEPTH: tuple[Domain, ...] = ("depth", "enhanced")
"""Domains of projections that a sequence does not have."""

Pooling = Literal["approximate", "svr"]
Scaling = Literal["minmax", "symmetric"]


@dataclass(frozen=True, slots=True)
class EulerianSettings:
    """Parameters of the Eulerian magnification (Wu et al. 2012).

    Parameters
    ----------
    factor : float
        What the change of a pixel in the pass band is multiplied by and added (alpha of the paper); 0 for no magnified
        copies.
    fast, slow : float
        Coefficients of the two first-order low-pass filters, from 0 (passes nothing) to 1 (passes all); what `fast`
        passes and `slow` does not is magnified.
    levels : int
        Of the Laplacian pyramid, from the finest on; what lies below is not magnified.
    cutoff_px : float
        Wavelength below which the factor falls, so that noise is magnified less (lambda_c of the paper); 0 for the same
        factor in all levels.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    factor: float = 0.0
    fast: float = 0.4
    slow: float = 0.05
    levels: int = 6
    cutoff_px: float = 16.0

    def __post_init__(self) -> None:
        key, slow, fast = "dynamic_images.magnification", self.slow, self.fast
        check_setting(self.factor >= 0, f"{key}.factor", expected="0 (off) or more", found=self.factor)
        check_setting(0 < slow < 1, f"{key}.slow", expected="above 0 and below 1", found=slow)
        check_setting(slow < fast <= 1, f"{key}.fast", expected=f"above slow ({slow:g}) and up to 1", found=fast)
        check_setting(1 <= self.levels <= 10, f"{key}.levels", expected="1 to 10", found=self.levels)
        check_setting(self.cutoff_px >= 0, f"{key}.cutoff_px", expected="0 px (off) or more", found=self.cutoff_px)


@dataclass(frozen=True, slots=True)
class DynamicImageSettings:
    """What decides the content of a ``dynamic_images`` shard.

    Parameters
    ----------
    domains : tuple of {"depth", "enhanced", "texture", "red", "green", "blue"}
        Channels of the pictures, in this order. Of the texture the luma is taken. A sequence has no depth.
    method : {"approximate", "svr"}
        Rank pooling by the fixed weights of Bilen et al. 2018, or by linear support vector regression of the frames'
        order on their running means.
    seen_share : float
        Share of the frames that must see a pixel. Where fewer do the picture shows no change; where some do not, their
        values are interpolated in time.
    scaling : {"minmax", "symmetric"}
        Of each domain of each view to levels of 0 to 255: from the smallest to the largest value, 0 among them, or by
        the largest magnitude, so that no change is 128 in every picture. With `saturated: 0` the former is min-max.
    saturated : float
        Share of the pooled pixels at either end that become 0 or 255 themselves; 0 for none. An outline that moves by a
        pixel changes depth by centimetres, an expression by a millimetre.
    magnification : EulerianSettings
        Of magnified copies for training; off unless it has a factor.

    Raises
    ------
    ConfigError
        When a word is unknown or a value outside its range.
    """

    domains: tuple[Domain, ...] = ("depth", "enhanced", "texture")
    method: Pooling = "approximate"
    seen_share: float = 0.5
    scaling: Scaling = "symmetric"
    saturated: float = 0.02
    magnification: EulerianSettings = field(default_factory=EulerianSettings)

    def __post_init__(self) -> None:
        known, chosen = get_args(Domain), list(self.domains)
        right = bool(chosen) and len(set(chosen)) == len(chosen) and set(chosen) <= set(known)
        check_setting(right, "dynamic_images.domains", expected=f"some of {', '.join(known)}, each once", found=chosen)
        check_choice(self.method, "dynamic_images.method", get_args(Pooling))
        check_choice(self.scaling, "dynamic_images.scaling", get_args(Scaling))
        share, saturated = self.seen_share, self.saturated
        check_setting(0 < share <= 1, "dynamic_images.seen_share", expected="a share above 0", found=share)
        check_setting(
            0 <= saturated < 0.5, "dynamic_images.saturated", expected="a share of 0 to below 0.5", found=saturated
        )

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        if self.magnification.factor:
            return {}
        keys = (one.name for one in fields(EulerianSettings) if one.name != "factor")
        return {f"magnification.{key}": "magnification.factor above 0" for key in keys}


def check_source(settings: DynamicImageSettings, upstream: str) -> None:
    """Refuse domains that what a variant is computed from does not have.

    Raises
    ------
    ConfigError
        Names the domains that a sequence has.
    """
    lacking = [one for one in settings.domains if one in IN_DEPTH] if upstream == "sequences" else []
    check_setting(
        not lacking,
        "dynamic_images.domains",
        expected=f"some of texture, {', '.join(COLOURS)} of sequences",
        found=list(settings.domains),
    )
