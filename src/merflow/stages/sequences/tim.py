"""Temporal interpolation model: a clip as a curve through its frames, read at any instant.

Zhou, Zhao, Pietikainen 2011, *Towards a practical lipreading system*. The frames are nodes of a path graph; the
eigenvectors of its Laplacian are cosines sampled at the frames, and the curve is the frames' expansion in them, read
between the samples. The paper finds the expansion by singular value decomposition of the pixels. Since the sampled
eigenvectors are known and orthogonal, it is the same linear combination of the frames for every clip of one length, and
no decomposition is needed (a test compares the two).

Convention: frame j of n (1 to n) lies at t = j / n, as in the paper; the curve is read from 1 / n to 1.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def curve(t: NDArray[np.floating], n: int) -> Array:
    """Evaluate the eigenfunctions of the path graph (the paper's F, eq. 2).

    Parameters
    ----------
    t : ndarray of shape (M,)
        Where, 1 / n to 1.
    n : int
        Frames of the clip, 2 or more.

    Returns
    -------
    ndarray of shape (n - 1, M), float64
        f_k(t) = sin(pi k t + pi (n - k) / (2 n)), k = 1 to n - 1. At the frames these are the eigenvectors of the path
        graph's Laplacian, but for the constant one.
    """
    k = np.arange(1, n)[:, None]
    return np.asarray(np.sin(np.pi * k * t + np.pi * (n - k) / (2 * n)))


def tim_weights(index: NDArray[np.floating], n: int) -> Array:
    """Weights of each frame in the values of the curve.

    Parameters
    ----------
    index : ndarray of shape (M,)
        Where to read, in frames from 0 to n - 1, fractions allowed.
    n : int
        Frames of the clip, 2 or more.

    Returns
    -------
    ndarray of shape (n, M), float64
        Columns sum to one; at a whole index the weight is one for that frame and zero for all others. Some are
        negative: the curve overshoots at an edge in time.

    Notes
    -----
    With Y = F at the frames, (n - 1, n), centred frames X and their mean m, the curve is X Y^+ F(t) + m. Y Y^T = n / 2
    times the identity, and the rows of Y sum to zero, so that X need not be centred: the weights are
    2 / n Y^T F(t) + 1 / n.
    """
    samples = curve(np.arange(1, n + 1) / n, n)
    return np.asarray(samples.T @ curve((np.asarray(index) + 1) / n, n) * (2 / n) + 1 / n)
