"""The documentation as a site; ``mkdocs.yml`` is its configuration, ``make docs`` builds it."""
