"""The certificate computed by a process of its own, while the one that asked goes on."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from onroll.validation.certificate import Certificate, certificate

CODE = (
    "import pickle, sys; from pathlib import Path; from onroll.validation.certificate import certificate; "
    "sys.stdout.buffer.write(pickle.dumps(certificate(Path(sys.argv[1]))))"
)


class Certifying:
    """A certificate that is being made; ``result`` waits for it, ``close`` gives it up."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process = subprocess.Popen(
            [sys.executable, "-c", CODE, str(root)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def result(self) -> Certificate:
        """The certificate; where its process came to nothing it is made here, and says what is wrong itself."""
        told, _ = self._process.communicate()
        if self._process.returncode == 0:
            found = pickle.loads(told)
            if isinstance(found, Certificate):
                return found
        return certificate(self._root)

    def close(self) -> None:
        """Give it up if nobody asked for it; once it was asked for there is nothing to do."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
