"""Installed distributions, as pip leaves them."""


def distribution(folder, name, entry_points="", url=""):
    """Write what pip leaves of an installed distribution with one package."""
    info = folder / f"{name}_dist-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}_dist\nVersion: 1.0\n")
    (info / "RECORD").write_text("" if url else f"{name}/__init__.py,,\n")
    (info / "entry_points.txt").write_text(entry_points)
    if url:
        (info / "direct_url.json").write_text(f'{{"url": "{url}", "dir_info": {{"editable": true}}}}')
