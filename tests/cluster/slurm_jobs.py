"""What SLURM itself says of its jobs: `scontrol show job`, read."""

import re
from dataclasses import dataclass, field

FIELD = re.compile(r"([A-Z][\w/:]*)=(.*?)(?=\s+[A-Z][\w/:]*=|$)", re.MULTILINE)
MEGABYTES = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024 * 1024}


@dataclass(frozen=True)
class SlurmJob:
    """One job: what was asked for, where it ran, and how it ended."""

    id: int
    name: str
    comment: str
    state: str
    partition: str
    node: str
    cpus: int
    mem_mb: int
    minutes: int | None
    gpus: int
    log: str
    fields: dict = field(repr=False)

    @property
    def rule(self):
        """Return the rule that the job runs, as the executor plugin writes it into the comment."""
        return self.comment.removeprefix("rule_").partition("_wildcards_")[0]

    @property
    def wildcards(self):
        """Return the wildcards of the job's outputs, joined by underscores."""
        return self.comment.partition("_wildcards_")[2]


def read_jobs(text):
    """Return the jobs in the output of `scontrol show job`, in the order in which they were submitted."""
    blocks = [dict(FIELD.findall(block)) for block in re.split(r"\n\s*\n", text) if "JobId=" in block]
    return sorted(map(read_job, blocks), key=lambda job: job.id)


def read_job(fields):
    """Return one job from the fields that scontrol prints."""
    tres = dict(part.split("=", 1) for part in fields.get("TRES", "").split(",") if "=" in part)
    return SlurmJob(
        id=int(fields["JobId"]),
        name=fields["JobName"],
        comment=fields.get("Comment", ""),
        state=fields["JobState"],
        partition=fields["Partition"],
        node=fields.get("NodeList", "").replace("(null)", ""),
        cpus=int(tres.get("cpu", 0)),
        mem_mb=megabytes(tres.get("mem", "0M")),
        minutes=minutes(fields["TimeLimit"]),
        gpus=gpus(fields),
        log=fields.get("StdOut", ""),
        fields=fields,
    )


def gpus(fields):
    """Return how many GPUs a job asks for, in whichever of the three places SLURM says so."""
    asked = ",".join(fields.get(key, "") for key in ("TresPerJob", "TresPerNode", "TresPerTask"))
    return sum(int(count) for count in re.findall(r"\bgpu(?::[a-z]\w*)?[:=](\d+)", asked))


def megabytes(text):
    """Return an amount of memory such as 4G or 2500M in MB."""
    return round(float(text[:-1]) * MEGABYTES[text[-1]])


def minutes(text):
    """Return a time limit, [days-]hours:minutes:seconds, in minutes; None for no limit."""
    if ":" not in text:
        return None
    days, _, clock = text.rpartition("-")
    hours, minute, _ = map(int, clock.split(":"))
    return int(days or 0) * 1440 + hours * 60 + minute
