# SPDX-License-Identifier: GPL-2.0-or-later
"""Does Google Benchmark's compare.py read the cells.json of a run?"""
import os
import re
import shutil
import subprocess
import sys
import unittest

from harness import Case, PATIENCE

COMPARE = next((path for path in ("/usr/share/benchmark/compare.py",
                                  "/usr/share/googlebenchmark/tools/compare.py")
                if os.access(path, os.R_OK)), None)


def python():
    """Its modules belong to the system's Python, which may not be the first."""
    for name in (sys.executable, "/usr/bin/python3"):
        if shutil.which(name) and not subprocess.run(
                [name, "-c", "import numpy, scipy"], check=False,
                stderr=subprocess.DEVNULL).returncode:
            return name
    return None


class ComparePy(Case):
    def test_reads_cells(self):
        cells = self.tiny() / "cells.json"
        done = subprocess.run([python(), COMPARE, "--no-color", "benchmarks",
                               cells, cells], capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        # the same against itself, a row a cell
        for name in ("strategies/merged", "attach/none",
                     "stores threads=2/spinlock-list"):
            self.assertRegex(done.stdout, "(?m)^" + re.escape(name) +
                             r".* \+0\.0000 +\+0\.0000 ")


if __name__ == "__main__":
    if not COMPARE or not python():
        print("skipped: compare.py (libbenchmark-tools) or its python3-numpy "
              "and python3-scipy are not installed")
        sys.exit(77)
    unittest.main()
