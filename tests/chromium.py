"""A page in headless Chromium, for the tests of pages."""

import re
import shutil
import subprocess

CHROMIUM = shutil.which("chromium")


def browse(page, tmp_path, script=""):
    """Open a page in Chromium after adding a script; return the document at the end and what the console said."""
    if script:
        before, end, after = page.read_text().rpartition("</body>")
        page = page.with_name(f"driven_{page.name}")
        page.write_text(f"{before}<script>{script}</script>{end}{after}")
    log = tmp_path / "net.json"
    command = [
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"),
        *("--window-size=1300,700", "--disable-background-networking", "--disable-component-update", "--no-first-run"),
        *(f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={log}", "--virtual-time-budget=3000"),
        page.as_uri(),
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60)
    said = re.findall(r"CONSOLE[^\n]*", done.stderr)
    asked = set(re.findall(r'"url":"([a-z]+://[^"]*)"', log.read_text())) if log.exists() else set()
    return done.stdout, said, {url for url in asked if "127.0.0.1" not in url and not url.startswith("file:")}
