"""The version of merflow, where every part may read it without the names that the package offers."""

VERSION = "0.1.0"
