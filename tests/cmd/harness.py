# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the built tool ($INVBENCH) with a top folder and a result folder of its own."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

TOOL = os.environ["INVBENCH"]
SOURCE = pathlib.Path(__file__).resolve().parents[2]
TINY = str(pathlib.Path(__file__).with_name("tiny.job"))
ASAN = os.environ.get("INVBENCH_FLAVOUR") == "asan"
# nobody waits longer than this for a run of about a second
PATIENCE = 100


class Case(unittest.TestCase):
    """A temporary folder, and a top whose results are nobody else's."""

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="invbench-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.top = self.dir / "top"
        (self.top / "results").mkdir(parents=True)
        for name in ("jobs", "plots"):
            (self.top / name).symlink_to(SOURCE / name)
        (self.top / "results/reference").symlink_to(SOURCE / "results/reference")
        self.env = dict(os.environ, INVBENCH_TOP=str(self.top), LC_ALL="C.UTF-8")
        for name in [n for n in self.env if n.startswith("BENCHMARK_")]:
            del self.env[name]

    def start(self, *args, **options):
        options.setdefault("env", self.env)
        options.setdefault("cwd", self.dir)
        tool = options.pop("tool", TOOL)
        process = subprocess.Popen([tool, *map(str, args)], text=True,
                                   stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, **options)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def tool(self, *args, **options):
        """Runs it to its end: (exit status, stdout, stderr)."""
        process = self.start(*args, **options)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def ok(self, *args, **options):
        """Its output; it must exit with 0."""
        status, out, err = self.tool(*args, **options)
        self.assertEqual(status, 0, err)
        return out

    def json(self, *args, **options):
        return json.loads(self.ok(*args, **options))

    def refused(self, args, *words, **options):
        """Exit 2 and exactly one line, which has all the words."""
        status, out, err = self.tool(*args, **options)
        self.assertEqual(status, 2, f"{args}: {err}")
        self.assertEqual(err.count("\n"), 1, f"{args}: {err!r}")
        self.assertTrue(err.endswith("\n"), err)
        for word in words:
            self.assertIn(word, err)
        return out

    def tiny(self, name="r", *args, **options):
        """A run of tiny.job without pictures; the folder of its result."""
        self.ok("run", TINY, "--out", self.dir / name, "--seed", 5, "-q",
                "--no-plots", *args, **options)
        return self.dir / name

    def job(self, text, name="x.job"):
        path = self.dir / name
        path.write_text(text)
        return path

    def wait_for(self, what, seconds=PATIENCE):
        until = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), until, "it never came")
            time.sleep(0.01)


def children(pid):
    """Processes whose parent is pid."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            stat = (entry / "stat").read_text() if entry.name.isdigit() else ""
        except OSError:
            continue
        # the name, in brackets, may hold anything
        if stat and int(stat.rpartition(")")[2].split()[1]) == pid:
            found.append(int(entry.name))
    return found


def alive(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
