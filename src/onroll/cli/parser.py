"""The commands' names, options and help."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from onroll.cli import commands
from onroll.cli.commands import ENGLAND, TOWN
from onroll.errors import UsageError

Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str, str], argparse.ArgumentParser]


class Parser(argparse.ArgumentParser):
    """Wrong usage is one clear line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong, with the way to an example."""
        raise UsageError(f"{message}. '{self.prog} --help' shows an example.")


def parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    whole = Parser("onroll", description="Evidence for an inclusion strategy.")
    every = whole.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=Parser)

    def add(name: str, command: Command, words: str, example: str) -> argparse.ArgumentParser:
        """One command with its help and its example."""
        one = every.add_parser(
            name, help=words, description=f"{words[0].upper()}{words[1:]}.", epilog=f"example: {example}"
        )
        one.set_defaults(command=command)
        return one

    for declare in (_evaluate, _termly, _check, _templates, _synthetic, _validate, _compare, _workbench):
        declare(add)
    return whole


def _text(one: argparse.ArgumentParser, name: str, words: str, **more: Any) -> None:
    one.add_argument(name, default="", help=words, **more)


def _running(one: argparse.ArgumentParser) -> None:
    one.add_argument("--jobs", type=int, default=2, metavar="N", help="notebooks at a time (2)")
    one.add_argument("--force", action="store_true", help="run everything, up to date or not")


def _evaluate(add: Add) -> None:
    one = add("evaluate", commands.evaluate, "evaluate a year: check, count, compute, disclose, run the notebooks, write "
              "the report", "onroll evaluate --year 2023/24 --set neighbours=2025")  # fmt: skip
    _text(one, "--year", "academic year, 2023/24 or 202324; the latest if left out")
    _text(one, "--data", "folder with files received; data/raw if left out", metavar="DIR")
    _text(one, "--out", "folder of the run; evaluation/runs/<year> if left out", metavar="DIR")
    _text(one, "--only", "one notebook, such as 10_exclusions, and what it needs", metavar="NOTEBOOK")
    one.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a choice of the analysis plan"
    )
    _running(one)


def _termly(add: Add) -> None:
    one = add("termly", commands.termly, "make the termly exclusions report to the Board from own records",
              'onroll termly --term "2023/24 Spring" --data data/raw')  # fmt: skip
    _text(one, "--term", "year and term; the last term of the records if left out")
    _text(one, "--data", "folder with the records; data/raw if left out", metavar="DIR")
    _text(one, "--out", "folder of the run; evaluation/runs/<year>_<term> if left out", metavar="DIR")
    _running(one)


def _check(add: Add) -> None:
    one = add(
        "check",
        commands.check,
        "check every file received, one line a finding",
        "onroll check --data data/raw",
    )
    _text(one, "--data", "folder to check; data/raw if left out", metavar="DIR")
    _text(one, "--list", "also write the full list of findings as CSV", metavar="FILE")


def _templates(add: Add) -> None:
    one = add("templates", commands.templates, "write a blank workbook with its code lists for every table of own records",
              "onroll templates --out templates")  # fmt: skip
    one.add_argument("--out", required=True, metavar="DIR", help="folder to write")


def _synthetic(add: Add) -> None:
    one = add("synthetic", commands.synthetic, "make an authority from a seed, with the truth known",
              "onroll synthetic --out data/synthetic/one --seed 1 --effect strategy_suspensions=0.8")  # fmt: skip
    one.add_argument(
        "--out",
        required=True,
        metavar="DIR",
        help="folder to write: new, empty, or an earlier made authority, which is replaced",
    )
    one.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed makes the same files (1)"
    )
    one.add_argument(
        "--pupils", type=int, default=None, metavar="N", help=f"pupils on roll a year ({TOWN:,})"
    )
    one.add_argument("--effect", action="append", default=[], metavar="NAME=VALUE", help="an effect to plant")
    one.add_argument("--defects", action="store_true", help="plant faults of every kind for onroll check")
    one.add_argument("--first", default="2015/16", metavar="YEAR", help="first academic year (2015/16)")
    one.add_argument("--last", default="2023/24", metavar="YEAR", help="last academic year (2023/24)")
    _text(one, "--form", "csv for a town, parquet for England", choices=("csv", "parquet"))
    one.add_argument(
        "--england", action="store_true", help=f"all of England: {ENGLAND:,} pupils, January census"
    )


def _validate(add: Add) -> None:
    one = add("validate", commands.validate, "recompute published answers and say to how many digits each agrees",
              "onroll validate P01 --figures")  # fmt: skip
    one.add_argument("cases", nargs="*", metavar="CASE", help="beginnings of case names; all if left out")
    one.add_argument("--figures", action="store_true", help="a line for every figure")


def _compare(add: Add) -> None:
    one = add(
        "compare",
        commands.compare,
        "say what differs between two runs and why",
        "onroll compare 202223 202324",
    )
    one.add_argument(
        "runs", nargs=2, metavar="RUN", help="a run's folder, or the year of one in evaluation/runs"
    )
    one.add_argument("--most", type=int, default=20, metavar="N", help="numbers to print (20)")


def _workbench(add: Add) -> None:
    one = add("workbench", commands.workbench, "open JupyterLab on the notebooks", "onroll workbench")
    one.add_argument("options", nargs="*", help="options for JupyterLab, after --")
