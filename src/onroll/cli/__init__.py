"""The commands. Each has ``--help`` with an example; 0 is success, 1 the data or a check, 2 wrong usage."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from onroll.cli.parser import Command, parser
from onroll.errors import OnrollError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a person's error is one line and an exit code, never a traceback."""
    try:
        asked = parser().parse_args(arguments)
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
