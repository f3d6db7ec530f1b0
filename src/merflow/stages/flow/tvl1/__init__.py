"""TV-L1 optical flow (Zach, Pock and Bischof 2007), with a fixed number of iterations.

The motion w = (u, v) from picture I to picture J minimises the sum over the pixels of

    |grad u| + |grad v| + lambda |J(x + w) - I(x)|

Total variation keeps the motion piecewise smooth, and the absolute difference bears outliers. The two terms are coupled
through a second field and minimised in turn (equations 8 to 15 of the paper). About a motion w0, with g the gradient of
the mean of I and J(x + w0), one iteration is

    r  = J(x + w0) - I + g . (w - w0)
    w <- w - g clip(r / |g|^2, -lambda theta, lambda theta) + theta (div p_u, div p_v)
    p <- (p + tau / theta grad u) / (1 + tau / theta |grad u|)              for u, and the same for v

with forward differences for grad, which are 0 at the last row and column, and the negative adjoint of it for div. A
*warp* takes w0 = w and does ``iterations`` of these; p goes on. A pixel that w0 moves out of the picture, whose edge is
half a pixel beyond the outermost centres, has g = 0. J(x + w0) is interpolated by a cubic. Each level of the pyramid
has the means of 2 x 2 px of the finer one. The motion of a level, doubled and interpolated linearly, starts the next
finer one, where p starts at 0.

Two implementations: ``kernel``, for one pair on one core, and ``torch_batch``, for many pairs at once, on a GPU also.

It differs from OpenCV's in four points: the pyramid (halves, not steps of 0.8), the gradient (of the mean of both
pictures, not of the second), no median filter, and a fixed number of iterations, so that no time is spent on finding
whether it has converged.
"""
