"""The commands. Each has ``--help`` with an example; 0 is success, 1 the data or a check, 2 wrong usage."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from onroll.errors import OnrollError, UsageError

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a person's error is one line and an exit code, never a traceback."""
    try:
        asked = _parser().parse_args(arguments)
        command: Command = asked.command
        return command(asked)
    except OnrollError as error:
        print(f"onroll: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("onroll: stopped; the last good run is as it was", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"onroll: {error.filename or 'the disk'}: {error.strerror}", file=sys.stderr)
        return 1
    except Exception as error:
        if os.environ.get("ONROLL_DEBUG"):
            raise
        print(f"onroll: {_unexpected(error)}", file=sys.stderr)
        return 1


def _unexpected(error: Exception) -> str:
    """One line for a fault of ours. Its message stays inside: it may quote a pupil's record."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"a fault in onroll ({type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}). The last "
        "good run is as it was. Set ONROLL_DEBUG=1 to see the whole of it, and tell the people who keep onroll."
    )


def _evaluate(asked: argparse.Namespace) -> int:
    from onroll.evaluation import evaluate

    if asked.data:
        _folder(asked.data)
    run = evaluate(
        asked.year, data=asked.data, out=asked.out, only=asked.only, jobs=asked.jobs, force=asked.force,
        say=_say, **_choices(asked.set),
    )  # fmt: skip
    assert run.year
    return 0


def _check(asked: argparse.Namespace) -> int:
    from onroll.project import find_project
    from onroll.reception import check

    project = find_project()
    folder = Path(asked.data) if asked.data else project.received
    with check(folder, project) as checked:
        for severity in ("error", "warning", "note"):
            for line in checked.findings.of(severity).lines():
                print(f"{severity}: {line}")
        if asked.list:
            checked.write_list(Path(asked.list))
            print(f"The full list is in {asked.list}")
        files = len(checked.received) + (0 if checked.records is None else checked.records.files)
        errors, warnings = checked.findings.count("error"), checked.findings.count("warning")
    print(f"{_many(files, 'file')} checked: {_many(errors, 'error')}, {_many(warnings, 'warning')}")
    return 1 if errors else 0


def _compare(asked: argparse.Namespace) -> int:
    from onroll.comparison import compare

    for line in compare(*asked.runs).lines(asked.most):
        print(line)
    return 0


def _workbench(asked: argparse.Namespace) -> int:
    from onroll.project import find_project
    from onroll.workbench import open_workbench

    return open_workbench(find_project(), asked.options)


def _say(line: str) -> None:
    print(line, flush=True)


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _folder(named: str) -> None:
    """A folder given by hand must be there: a mistyped name is wrong usage, not an empty year."""
    if not Path(named).exists():
        raise UsageError(f"--data {named}: there is no such folder")


def _choices(settings: Sequence[str]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {setting}: write it as NAME=VALUE, such as --set neighbours=2025")
        if name in ("year", "data", "out", "only", "jobs", "force", "root", "say"):
            raise UsageError(f"--set {name}: give this with --{name}")
        chosen[name] = value
    return chosen


class _Parser(argparse.ArgumentParser):
    """Wrong usage is one clear line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. '{self.prog} --help' shows an example.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("onroll", description="Evidence for an inclusion strategy.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=_Parser)

    def add(name: str, command: Command, words: str, example: str) -> argparse.ArgumentParser:
        """One command with its help and its example."""
        one = commands.add_parser(
            name, help=words, description=f"{words[0].upper()}{words[1:]}.", epilog=f"example: {example}"
        )
        one.set_defaults(command=command)
        return one

    one = add("evaluate", _evaluate, "evaluate a year: check, count, compute, disclose, run the notebooks, write the report",
              "onroll evaluate --year 2023/24 --set neighbours=2025")  # fmt: skip
    one.add_argument("--year", default="", help="academic year, 2023/24 or 202324; the latest if left out")
    one.add_argument(
        "--data", default="", metavar="DIR", help="folder with files received; data/raw if left out"
    )
    one.add_argument(
        "--out", default="", metavar="DIR", help="folder of the run; evaluation/runs/<year> if left out"
    )
    one.add_argument(
        "--only",
        default="",
        metavar="NOTEBOOK",
        help="one notebook, such as 10_exclusions, and what it needs",
    )
    one.add_argument("--jobs", type=int, default=2, metavar="N", help="notebooks at a time (2)")
    one.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a choice of the analysis plan"
    )
    one.add_argument("--force", action="store_true", help="run everything, up to date or not")

    one = add(
        "check", _check, "check every file received, one line a finding", "onroll check --data data/raw"
    )
    one.add_argument("--data", default="", metavar="DIR", help="folder to check; data/raw if left out")
    one.add_argument("--list", default="", metavar="FILE", help="also write the full list of findings as CSV")

    one = add(
        "compare", _compare, "say what differs between two runs and why", "onroll compare 202223 202324"
    )
    one.add_argument(
        "runs", nargs=2, metavar="RUN", help="a run's folder, or the year of one in evaluation/runs"
    )
    one.add_argument("--most", type=int, default=20, metavar="N", help="numbers to print (20)")

    one = add("workbench", _workbench, "open JupyterLab on the notebooks", "onroll workbench")
    one.add_argument("options", nargs="*", help="options for JupyterLab, after --")
    return parser


if __name__ == "__main__":
    sys.exit(main())
