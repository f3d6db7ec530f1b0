"""What a run costs before it is started: measured costs of the package, and ``merflow plan``, which applies them."""
