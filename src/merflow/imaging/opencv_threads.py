"""Set the number of OpenCV's own threads for a block of code."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def opencv_threads(count: int) -> Iterator[None]:
    """Set the number of OpenCV's threads, and put it back afterwards.

    With one thread numbers repeat on every machine: dense inverse search cuts the picture into a strip a thread. Within
    a pair of pictures of this size more threads gain little (7 % of TV-L1) and would fight over the cores.
    """
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(count)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
