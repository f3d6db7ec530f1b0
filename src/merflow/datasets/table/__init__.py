"""Table: recordings of one's own, videos or folders of frames, that a table of clips lists."""

from merflow.datasets.declaration import Dataset, GeneratedLayout

DATASET = Dataset(
    title="recordings listed by a table",
    licence="That of the recordings.",
    settings="merflow.datasets.table.settings:TableSettings",
    read="merflow.datasets.table.reader:read_table_of_clips",
    annotation="merflow.datasets.table.reader:table_annotation",
    classes="classes",
    people_by_name=True,
    layouts={"table": GeneratedLayout(layout="merflow.datasets.table.generator:FOLDERS", macro=True)},
)
