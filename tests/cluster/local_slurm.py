"""A real SLURM on the loopback of one machine: munged, slurmctld, and two slurmd, in a folder of their own.

No systemd, cgroups or containers are needed, but root. Node c1 has a pretend GPU. Every daemon is a child of this
process and dies with it; what is left of a session that was itself killed is removed by the next one.
"""

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests.cluster.processes import kill, kill_family, launch, naming
from tests.cluster.slurm_jobs import read_jobs
from tests.cluster.slurm_packages import NoSlurmError, check_root, ensure_slurm

CONFIGURATION = Path("/etc/slurm/slurm.conf")
"""Where programs look that nobody told of another place; the executor plugin strips SLURM_CONF off its jobs."""
SCRATCH = Path("/tmp")
"""Holds the folder of each cluster: short, for the path of a socket has 107 characters at most."""
PREFIX = "merflow-slurm-"
NODES = ("c1", "c2")
READY = {"IDLE", "MIXED", "ALLOCATED"}
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE"}

SLURM_CONF = """\
ClusterName=merflow
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
MailProg=/bin/true
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=10
CredType=cred/munge
SlurmctldPort={controller_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
ReturnToService=2
MinJobAge=3600
SlurmdTimeout=120
KillWait=2
GresTypes=gpu
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
AccountingStorageType=accounting_storage/none
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
NodeName=c1 NodeAddr=127.0.0.1 NodeHostname=localhost Port={c1_port} CPUs=16 RealMemory=65536 Gres=gpu:1 Weight=2
NodeName=c2 NodeAddr=127.0.0.1 NodeHostname=localhost Port={c2_port} CPUs=16 RealMemory=65536
PartitionName=cpu Nodes=c1,c2 Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes=c1 MaxTime=INFINITE State=UP
"""


class LocalSlurm:
    """The running cluster."""

    def __init__(self, folder, *, configuration=CONFIGURATION):
        self.folder = folder
        self.configuration = configuration
        self.daemons = {}

    def start(self):
        """Start every daemon, and wait until both nodes take jobs."""
        ports = dict(zip(("controller_port", "c1_port", "c2_port"), free_ports(3), strict=True))
        (self.folder / "state").mkdir()
        (self.folder / "slurm.conf").write_text(SLURM_CONF.format(folder=self.folder, **ports))
        (self.folder / "gres.conf").write_text("NodeName=c1 Name=gpu Type=fake File=/dev/null\n")
        (self.folder / "munge.key").write_bytes(os.urandom(128))
        (self.folder / "munge.key").chmod(0o600)
        self.configuration.parent.mkdir(exist_ok=True)
        self.configuration.symlink_to(self.folder / "slurm.conf")
        self._launch(
            "munged", "--foreground", "--force", f"--socket={self.folder}/munge.socket",
            f"--key-file={self.folder}/munge.key", f"--pid-file={self.folder}/munged.pid",
            f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munge.seed",
        )  # fmt: skip
        self._wait((self.folder / "munge.socket").exists, "socket of munged")
        self._launch("slurmctld", "-D", "-f", self.folder / "slurm.conf")
        for name in NODES:
            self.start_node(name)

    def stop(self):
        """Cancel every job, then end every daemon and whatever they started, and remove the configuration."""
        try:
            if self._ended() == []:
                self._cancel_all()
        finally:
            for name in (*NODES, "slurmctld", "munged"):
                if name in self.daemons:
                    kill_family(self.daemons.pop(name))
            remove(self.folder, self.configuration)

    def jobs(self):
        """Return every job that SLURM knows, those that ended included, in the order of their submission."""
        return read_jobs(self.ask("scontrol", "show", "job", "--details"))

    def job(self, job_id):
        """Return one job by its number."""
        return next(job for job in self.jobs() if job.id == job_id)

    def wait_for(self, condition, *, timeout=150):
        """Return the first job for which `condition(job)` holds, waiting for it."""
        found = []

        def look():
            found[:] = [job for job in self.jobs() if condition(job)]
            return found

        self._wait(look, "job that meets the condition", timeout=timeout)
        return found[0]

    def cancel(self, job_id):
        """Cancel a job, as a user or an administrator would."""
        self.ask("scancel", str(job_id))

    def stop_node(self, name):
        """Take a node away as a power cut does: its daemon and every process of its jobs die at once.

        The controller would find out by itself after SlurmdTimeout; it is told at once.
        """
        kill_family(self.daemons.pop(name))
        self.ask("scontrol", "update", f"NodeName={name}", "State=DOWN", "Reason=power")

    def start_node(self, name):
        """Start a node, and wait until it takes jobs."""
        self._launch("slurmd", "-D", "-f", self.folder / "slurm.conf", "-N", name, key=name)
        self._wait(lambda: self.node_state(name) in READY, f"node {name} that takes jobs")

    def node_state(self, name):
        """Return the state of a node, in SLURM's word, or nothing while the controller does not answer."""
        try:
            return self.ask("sinfo", "-h", "-n", name, "-o", "%T").upper().split()[0]
        except subprocess.CalledProcessError:
            return ""

    def ask(self, *command):
        """Run a program of SLURM on this cluster; return what it prints."""
        here = os.environ | {"SLURM_CONF": str(self.folder / "slurm.conf")}
        return subprocess.run(command, env=here, capture_output=True, text=True, timeout=60, check=True).stdout

    def _launch(self, program, *arguments, key=None):
        key = key or program
        self.daemons[key] = launch([program, *arguments], out=self.folder / f"{key}.out")

    def _ended(self):
        """Return the daemons that ended without being told to, or that never started."""
        running = {key for key, daemon in self.daemons.items() if daemon.poll() is None}
        return sorted({"munged", "slurmctld", *self.daemons} - running)

    def _cancel_all(self):
        self.ask("scancel", "--user=root")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and any(job.state not in ENDED for job in self.jobs()):
            time.sleep(0.1)

    def _wait(self, condition, what, *, timeout=60):
        """Wait until `condition()` is true; fail with the last words of every daemon when it takes too long."""
        deadline = time.monotonic() + timeout
        while not condition():
            ended = [key for key, daemon in self.daemons.items() if daemon.poll() is not None]
            if ended or time.monotonic() > deadline:
                words = [f"--- {path.name}\n{path.read_text()[-1500:]}" for path in sorted(self.folder.glob("*.out"))]
                raise TimeoutError("\n".join([f"no {what} within {timeout} s; ended by themselves: {ended}", *words]))
            time.sleep(0.1)


@contextlib.contextmanager
def local_slurm(*, scratch=SCRATCH, configuration=CONFIGURATION):
    """Run a SLURM; take all of it down again, whatever happens in between. One at a time on a machine."""
    check_root()
    with (scratch / "merflow-slurm.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel frees it, even when this process is killed
        for folder in scratch.glob(f"{PREFIX}*/"):  # of sessions that were killed: the lock says that none is alive
            remove(folder, configuration)
        if os.path.lexists(configuration):
            raise NoSlurmError(f"{configuration} exists: this machine may belong to a real cluster")
        ensure_slurm()
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=scratch))
        folder.chmod(0o755)
        cluster = LocalSlurm(folder, configuration=configuration)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def remove(folder, configuration):
    """Remove what is left of a cluster: processes that outlived their daemon, the link to its configuration, files."""
    kill(naming(folder))
    if configuration.is_symlink() and configuration.readlink() == folder / "slurm.conf":
        configuration.unlink()
    shutil.rmtree(folder)


def free_ports(count):
    """Return ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
