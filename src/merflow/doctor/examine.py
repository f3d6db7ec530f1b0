"""The whole examination."""

from pathlib import Path

from merflow.doctor.findings import Finding
from merflow.doctor.machine import machine_findings
from merflow.doctor.recordings import recordings_findings
from merflow.doctor.software import software_findings


def examine(config: Path) -> list[Finding]:
    """Return what is found of software, machine and recordings.

    Parameters
    ----------
    config : Path
        ``config.yaml`` of the study; results would be written beside it.
    """
    folder = config.resolve().parent
    return [*software_findings(), *machine_findings(folder), *recordings_findings(config)]
