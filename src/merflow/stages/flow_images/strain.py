"""Optical strain: how much the skin is stretched and sheared where it moves.

Shreve et al. 2011, "Macro- and micro-expression spotting in long videos using spatio-temporal strain", for faces; the
magnitude as Liong et al. 2019 print it for STSTNet: with e = (grad f + grad f^T) / 2 of the flow f = (u, v),
|e| = sqrt(e_xx^2 + e_yy^2 + e_xy^2 + e_yx^2). Public code that weighs the shear by a quarter in place of a half counts
e_xy once.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def optical_strain(flow: NDArray[Any]) -> NDArray[np.float64]:
    """Return the magnitude of the strain of a flow field.

    Parameters
    ----------
    flow : ndarray of shape (2, H, W), px
        u right, v down; H and W of 2 or more.

    Returns
    -------
    ndarray of shape (H, W), float64
        Frobenius norm of the symmetric part of the flow's gradient, sqrt(u_x^2 + v_y^2 + (u_y + v_x)^2 / 2), px of
        motion per px of face. Derivatives are central differences, one-sided on the border.

    Convention
    ----------
    By hand: u = a x gives |a|; u = a x, v = a y gives sqrt(2) |a|; the shear u = g y gives |g| / sqrt(2); a shift and
    a small turn, u = -t y and v = t x, give 0.
    """
    u, v = np.asarray(flow, dtype=np.float64)
    u_y, u_x = np.gradient(u)
    v_y, v_x = np.gradient(v)
    strain: NDArray[np.float64] = np.sqrt(u_x**2 + v_y**2 + (u_y + v_x) ** 2 / 2)
    return strain
