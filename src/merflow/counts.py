"""Numbers of things as messages and notes tell them."""


def count(number: int, noun: str) -> str:
    """Return such as ``1 fold`` or ``8 folds``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
