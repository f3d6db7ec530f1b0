"""The HDF5 artefact store: the one place of the package that opens ``.h5`` files.

Every artefact says what it is (format, kind, variant, dataset, subject), how it was made (resolved settings, code
fingerprint, input hashes, library versions) and what each array means (``dims``, ``units``, ``description``).
"""

from merflow.artefacts.clipwise import ClipData, OnBadClip, add_clips, add_clips_of
from merflow.artefacts.examples import Examples
from merflow.artefacts.examples_file import read_examples, write_examples
from merflow.artefacts.fingerprint import fingerprint
from merflow.artefacts.kinds import KINDS
from merflow.artefacts.reader import open_shard
from merflow.artefacts.rows import LazyRows, Rows, take_rows
from merflow.artefacts.schema import FORMAT, FORMAT_VERSION, Field, KindSchema
from merflow.artefacts.seal import seal
from merflow.artefacts.shard import Shard
from merflow.artefacts.writer import ShardWriter

__all__ = [
    "FORMAT",
    "FORMAT_VERSION",
    "KINDS",
    "ClipData",
    "Examples",
    "Field",
    "KindSchema",
    "LazyRows",
    "OnBadClip",
    "Rows",
    "Shard",
    "ShardWriter",
    "add_clips",
    "add_clips_of",
    "fingerprint",
    "open_shard",
    "read_examples",
    "seal",
    "take_rows",
    "write_examples",
]
