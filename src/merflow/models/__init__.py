"""The networks, one a file, and the registry that builds them by name. They import nothing but torch."""
