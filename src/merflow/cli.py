"""The command ``merflow``: check a dataset or results, look into an artefact, train a fold; it alone prints."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from merflow.checks import few
from merflow.errors import MerflowError
from merflow.make_command import study_of
from merflow.memory import check_address_space
from merflow.paths import RESULTS
from merflow.reading import told
from merflow.version import VERSION

CONFIG = Path("config.yaml")
METRICS = "metrics.csv"
TABLES = (".csv", ".tsv")
BROKEN_PIPE = 141
"""Exit status of a program whose reader went away, as shells count it: 128 and the number of the signal SIGPIPE."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    int
        Exit status: 0 as expected, 1 something differs, 2 the user's mistake, 141 the reader of the output went away
        (``merflow validate demo | head``).
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["run"]:  # its options are Snakemake's
        options = argparse.Namespace(run=_run, arguments=given[1:])
    else:
        options = _parser(given[:1]).parse_args(given or ["--help"])
    try:
        check_address_space()
        status: int = options.run(options)
        sys.stdout.flush()
    except MerflowError as error:
        if getattr(options, "traceback", False):
            raise
        print(f"merflow: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is flushed at the exit
        return BROKEN_PIPE
    except Exception as error:
        said = told(error)
        if said is None or getattr(options, "traceback", False):
            raise
        print(f"merflow: {said}", file=sys.stderr)
        return 2
    return status


def _parser(command: Sequence[str] = ()) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="merflow", description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--version", action="version", version=f"merflow {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_study(commands)
    _add_results(commands)
    _add_train_fold(commands.add_parser("train-fold", help="train one fold in this process, away from the results"))
    doctor = commands.add_parser("doctor", help="say what this machine has, and what to do: for reports of faults")
    doctor.add_argument("--config", type=Path, default=CONFIG)
    doctor.set_defaults(run=_doctor)
    commands.add_parser("run", help="run the workflow in the folder of a study")
    plan = commands.add_parser("plan", help="say what a run would cost: jobs, core-hours, disk, what is missing")
    if "plan" in command:
        from merflow.costs.command import add_arguments as add_plan

        add_plan(plan)
    apexes = commands.add_parser("apexes", help="estimate the apexes that an annotation does not name, as a table")
    if "apexes" in command:
        from merflow.apexes.command import add_arguments

        add_arguments(apexes, config=CONFIG)
    _add_predict(commands.add_parser("predict", help="classify a recording by a final model, from its raw frames"))
    export = commands.add_parser("export", help="write results in the forms of other programs")
    if "export" in command:  # its forms are those that the stages declare, which no other command asks for
        from merflow.export.command import add_forms

        add_forms(export)
    return parser


def _add_study(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of recordings and of the configuration."""
    validate = commands.add_parser("validate", help="compare a dataset with its official counts, before any work")
    validate.add_argument("dataset", help="a dataset of config.yaml")
    validate.add_argument("--config", type=Path, default=CONFIG)
    validate.set_defaults(run=_validate)
    init = commands.add_parser("init", help="begin a study: config.yaml and clips.csv of your recordings, to fill in")
    init.add_argument("folder", type=Path, help="of the study; nothing in it is overwritten")
    init.add_argument("--videos", type=Path, help="where videos or folders of frames lie (default: in the folder)")
    init.set_defaults(run=_init)
    config = commands.add_parser("config", help="print the configuration as it is used, and where its values are from")
    config.add_argument("experiment", nargs="?", help="with a dataset: this one only, each value with its place")
    config.add_argument("dataset", nargs="?")
    config.add_argument("--config", type=Path, default=CONFIG)
    config.set_defaults(run=_config)


def _add_results(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that look at results."""
    inspect = commands.add_parser("inspect", help="print what an artefact holds and draw it")
    inspect.add_argument("file", type=Path, help="an .h5 file of the results")
    inspect.add_argument("--clip", action="append", help="this clip only, in the text too; may be repeated")
    inspect.add_argument("--out", type=Path, help="folder of the pictures (default: beside the file)")
    inspect.add_argument(
        "--html", action="store_true", help="a page in place of each picture: sliders, a cloud to turn"
    )
    inspect.add_argument("--no-pictures", action="store_true", help="text only")
    inspect.set_defaults(run=_inspect)
    show = commands.add_parser("show", help="print a table of results and where its pictures are")
    show.add_argument("result", type=Path, help="results/<dataset>/<experiment>, or a .csv of the results")
    show.set_defaults(run=_show)
    check = commands.add_parser("check", help="compare results with their records; name the commands that mend them")
    check.add_argument(
        "results", type=Path, nargs="+", help="results, results/<dataset> or results/<dataset>/<experiment>"
    )
    check.add_argument("--freed", action="store_true", help="examples, artefacts and weights may be deleted for room")
    check.set_defaults(run=_check)


def _add_train_fold(fold: argparse.ArgumentParser) -> None:
    fold.add_argument("experiment", type=Path, help="results/<dataset>/<experiment>")
    fold.add_argument("fold", help="its name: a subject for LOSO")
    fold.add_argument("--out", type=Path, required=True, help="folder of its own for predictions, history and weights")
    fold.add_argument("--seed", type=int, action="append", help="this seed only; may be repeated (default: all)")
    fold.add_argument("--device", choices=("auto", "cpu", "cuda"), help="in place of execution.device")
    fold.add_argument("--traceback", action="store_true", help="let every error through, for a debugger")
    fold.add_argument("--config", type=Path, default=CONFIG)
    fold.set_defaults(run=_train_fold)


def _add_predict(predict: argparse.ArgumentParser) -> None:
    predict.add_argument("model", type=Path, help="results/<dataset>/<experiment>/final/model.pt, or a fold's folder")
    predict.add_argument("recording", type=Path, nargs="?", help="a video, or a folder of frames")
    predict.add_argument("--table", type=Path, help="in place of a recording: clips.csv, one row a clip")
    for role, taken in (("onset", "the first frame"), ("apex", "the midpoint"), ("offset", "the last frame")):
        predict.add_argument(f"--{role}", type=float, help=f"of the clip (default: {taken})")
    predict.add_argument("--unit", choices=("frames", "seconds"), default="frames", help="of the numbers")
    predict.add_argument("--first-frame", type=int, choices=(0, 1), help="what they call the first frame of a video")
    predict.add_argument("--fps", type=float, help="frames per second of a folder")
    predict.add_argument("--depth", type=Path, help="folder of the depth pictures, for a model that needs depth")
    predict.add_argument("--depth-unit-mm", type=float, help="mm that 1 in them stands for (default: as in training)")
    predict.add_argument("--intrinsics", type=Path, help="their camera, a YAML or JSON file of fx, fy, cx, cy")
    predict.add_argument("--meshes", type=Path, help="folder of the meshes, for a model that reads meshes")
    predict.add_argument("--root", type=Path, help="where the paths of the table start (default: its folder)")
    predict.add_argument("--picture", type=Path, help="PNG file of the clip; of a table a folder of them")
    predict.add_argument("--out", type=Path, help=".json or .csv file to write the predictions into")
    predict.set_defaults(run=_predict)


def _validate(options: argparse.Namespace) -> int:
    from merflow import plan
    from merflow.config import read_config
    from merflow.datasets.validation import format_validation, validate_composite, validate_dataset

    config, name = read_config(options.config), options.dataset
    index, members = plan.index_now(config, name)
    dataset = config.datasets[name]
    if members:
        report = validate_composite(index, members, official=plan.official_members(config, name))
    else:
        report = validate_dataset(dataset.reader, index, official=dataset.synthesis is None)
    print(format_validation(report))
    return 1 if report.differences else 0


def _init(options: argparse.Namespace) -> int:
    from merflow.datasets.table.start import start_study

    for line in start_study(options.folder, options.videos):
        print(line)
    return 0


def _run(options: argparse.Namespace) -> int:
    from merflow.launch import run

    return run(options.arguments)


def _config(options: argparse.Namespace) -> int:
    from merflow.config.report import format_config, format_experiment

    if options.experiment is None:
        print(format_config(options.config), end="")
    elif options.dataset is None:
        raise MerflowError(
            f"expected an experiment and a dataset, but found {options.experiment} only. Name the dataset too: "
            f"merflow config {options.experiment} DATASET"
        )
    else:
        print(format_experiment(options.config, options.experiment, options.dataset), end="")
    return 0


def _inspect(options: argparse.Namespace) -> int:
    from merflow.inspection import describe_artefact, kind_of, render_artefact

    if options.file.suffix in TABLES:
        raise MerflowError(
            f"{options.file}: expected an .h5 file of the results, but found a table. Print it: "
            f"merflow show {options.file}"
        )
    print(describe_artefact(options.file, clips=options.clip))
    if not options.no_pictures:
        folder = options.out or options.file.with_suffix("")
        if options.html:
            from merflow.viewer.page import write_views

            written = write_views(options.file, kind_of(options.file), folder, clips=options.clip)
        else:
            written = render_artefact(options.file, folder, clips=options.clip)
        for picture in written:
            print(picture)
    return 0


def _show(options: argparse.Namespace) -> int:
    from merflow.config.mistyped_result import next_move, no_score_below
    from merflow.evaluation.metrics_table import read_metrics
    from merflow.evaluation.metrics_text import format_metrics

    folder = None if options.result.suffix in TABLES else options.result
    table = folder / METRICS if folder else options.result
    if not table.is_file():
        below = sorted(path.parent for at in ("*", "*/*") for path in folder.glob(f"{at}/{METRICS}")) if folder else []
        several = folder is not None and folder.is_dir() and RESULTS in folder.absolute().parts[-2:]
        move = no_score_below(table.parent) if several else next_move(table)
        move = f"Name one of these: {few(list(map(str, below)), 10)}." if below else move
        raise MerflowError(f"expected {table}, but there is no such file. {move}")
    if table.name == METRICS:
        print(format_metrics(read_metrics(table), details=folder is None))
    else:
        from merflow.evaluation.table_text import format_table

        print(format_table(table))
    if folder:
        print(f"\nEach seed, spread and fold means: merflow show {table}\nBeside it:")
        for path in sorted(path for path in folder.rglob("*") if path.suffix in (".png", ".yaml", ".csv")):
            if "folds" not in path.parts:
                print(f"  {path}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from merflow.audit import check_results, format_findings
    from merflow.plugins import use_folder

    studies = filter(None, map(study_of, options.results))
    use_folder(next(studies, Path.cwd()))  # a network or dataset of one's own lies beside config.yaml
    findings = check_results(options.results, freed=options.freed)
    print(format_findings(findings))
    return 1 if findings.faults else 0


def _train_fold(options: argparse.Namespace) -> int:
    import logging

    from merflow import plan
    from merflow.artefacts import read_examples
    from merflow.config import read_config
    from merflow.training.execution import KEPT_EXAMPLES_BYTES, Machine
    from merflow.training.fold import run_fold
    from merflow.training.fold_clips import folds_of_examples
    from merflow.training.fold_results import write_fold
    from merflow.training.out_folder import claim_out_folder
    from merflow.training.stacked_folds import folds_side_by_side

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    dataset, name = options.experiment.absolute().parts[-2:]
    config = read_config(options.config)
    method = plan.method_of(config.experiment(name, dataset))
    claim_out_folder(options.out, experiment=options.experiment, fold=options.fold)
    path = options.experiment / "examples.h5"
    examples = read_examples(path, dataset=dataset, experiment=name, kept_bytes=KEPT_EXAMPLES_BYTES)
    # of the examples, which is all that there may be here: a fold whose clips were all left out is not among them
    folds = folds_of_examples(examples, method.protocol)
    plan.check_fold(options.fold, [fold.name for fold in folds], dataset, name)
    machine = Machine(options.device or config.execution.device, stack=config.execution.stack)
    method = method.of_seeds(options.seed or method.seeds)
    side_by_side = folds_side_by_side(examples, {options.fold: method.seeds}, method, machine=machine)
    trained = [write_fold(examples, *done[1:], options.out, fold=done.name, method=method) for done in side_by_side]
    written = trained[0] if trained else run_fold(examples, options.fold, options.out, method, machine=machine)
    for path in sorted(written):
        print(path)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from merflow.doctor.examine import examine
    from merflow.doctor.findings import format_findings

    findings = examine(options.config)
    print(format_findings(findings))
    return 1 if any(finding.state == "do" for finding in findings) else 0


def _predict(options: argparse.Namespace) -> int:
    import logging

    from merflow.plugins import use_folder
    from merflow.prediction.asked import predict_asked
    from merflow.prediction.output import as_text

    logging.basicConfig(level=logging.WARNING, format="merflow: %(message)s")
    use_folder(Path.cwd())  # a network of one's own, where the model lies in no study of its own
    predictions, model = predict_asked(options)
    print(as_text(predictions, model))
    return 1 if any(one.problem for one in predictions) else 0


if __name__ == "__main__":
    sys.exit(main())
