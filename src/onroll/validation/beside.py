"""The certificate computed by a process of its own, while the one that asked goes on."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

from onroll.validation.certificate import Certificate, certificate

CODE = (
    "import sys; from pathlib import Path; from onroll.validation.beside import tell; tell(Path(sys.argv[1]))"
)


class Certifying:
    """A certificate that is being made; ``result`` waits for it, ``close`` gives it up."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process = subprocess.Popen(
            [sys.executable, "-c", CODE, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def result(self) -> Certificate:
        """The certificate; where its process came to nothing it is made here, and says what is wrong itself."""
        with self._process as process:
            told = b"" if process.stdout is None else process.stdout.read()
        if process.returncode == 0:
            found = pickle.loads(told)
            if isinstance(found, Certificate):
                return found
        return certificate(self._root)

    def close(self) -> None:
        """Give it up if nobody asked for it; once it was asked for there is nothing to do."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def tell(root: Path) -> None:
    """Make the certificate and write it, pickled, to the standard output; end at once with the process that asked."""
    end_with_the_one_that_asked()
    sys.stdout.buffer.write(pickle.dumps(certificate(root)))


def end_with_the_one_that_asked() -> None:
    """Let this process end when its standard input does: the other has died, or gives the certificate up."""

    def watch() -> None:
        """Wait for the end of the input."""
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
