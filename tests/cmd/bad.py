# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input: one line on stderr, exit 2, nothing lost."""
import json
import os
import pathlib
import resource
import shutil
import unittest

from harness import ASAN, SOURCE, Case, TINY, TOOL


def limited(what, value):
    return lambda: resource.setrlimit(what, (value, value))


class CommandLine(Case):
    def test_no_command(self):
        status, _, err = self.tool()
        self.assertEqual(status, 2)
        self.assertIn("Usage: invbench COMMAND", err)

    def test_unknown_command(self):
        self.refused(["rnu"], "unknown command 'rnu'", "did you mean 'run'?")
        self.refused(["zzzzzz"], "unknown command 'zzzzzz'", "--help")

    def test_unknown_option(self):
        for command in ("run", "list", "choose", "compare", "selfcheck"):
            self.refused([command, "--bogus"], "--bogus")
        self.refused(["bench", "--bogus"], "--bogus", "--set=KEY=VALUE")
        self.refused(["run", "--seed"], "--seed")

    def test_arguments_too_many(self):
        self.refused(["list", "stores"], "'stores'", "options only")
        self.refused(["selfcheck", "5"], "'5'", "options only")
        self.refused(["choose", "a", "b"], "more than one result")
        self.refused(["compare", "a"], "needs two results")
        self.refused(["compare", "a", "b", "c"], "more than two results")

    def test_guest_probe_cost(self):
        self.refused(["guest", "probe-cost", "--kernel", "amd64-6.12"], "amd64-6.12", "arm64")
        self.refused(["guest", "probe-cost", "--rounds", "0"], "--rounds 0", "1 to 64")
        self.refused(["guest", "probe-cost", "x"], "'x'")

    def test_guest_pathlen(self):
        (self.top / "bench").symlink_to(SOURCE / "bench")
        none = self.dir / "none"
        self.refused(["guest", "pathlen", "stock/3"], "no row 'stock/3'", "stock/1, stock/2")
        self.refused(["guest", "pathlen", "--kernel", "amd64-6.12"], "amd64-6.12", "arm64")
        self.refused(["guest", "pathlen", "--update", "merged"], "--update", "all rows")
        self.refused(["guest", "pathlen", "--reference", none], str(none), "--update")
        none.write_text("kernel = a\nmerged 1x\n")
        self.refused(["guest", "pathlen", "--reference", none], f"{none}:2:", "not a number")

    def test_set(self):
        for command in ("run", "bench"):
            for bad in ("x", "=1", "x="):
                self.refused([command, f"--set={bad}"], bad, "KEY=VALUE")
        self.refused(["run", "--set", "stratgy=none"], "stratgy",
                     "did you mean 'strategy'?")
        self.refused(["run", "--set", "strategy=mergd"], "'mergd'",
                     "did you mean merged?", "valid: none, ")
        self.refused(["run", "--set", "store=rcu-arry"], "'rcu-arry'",
                     "did you mean rcu-array?")
        self.refused(["run", "--set", "threads=0"], "threads: 0", "1..1024")
        self.refused(["run", "--set", "ptes=1e3"], "'1e3'", "not a number")
        self.refused(["run", "--set", "title=two\nlines"], "--set")
        self.refused(["run", *["--set=ptes=1"] * 65], "--set", "64")
        self.refused(["bench", "--set=store=nope"], "'nope'")

    def test_numbers(self):
        for bad in ("x", "0", "-1", "1.5", "", "99999999999999999999"):
            self.refused(["run", f"--seed={bad}"], "--seed", "whole number")
        for bad in ("x", "", "0,", "-1", "0,0", "99999", "0;1"):
            self.refused(["run", f"--cpus={bad}"], "--cpus")
        self.refused(["selfcheck", "--groups=0"], "--groups", "from 1 to")
        self.refused(["selfcheck", "--hog=99999"], "--hog", "99999")
        for bad in ("x", "-1", "nan", "5%"):
            self.refused(["compare", f"--threshold={bad}", "a", "b"],
                         "--threshold", "percent")

    def test_jobs(self):
        self.refused(["run", "defualt"], "unknown job 'defualt'",
                     "did you mean 'default'?", "list --jobs")
        self.refused(["run", "nowhere/x.job"], "nowhere/x.job",
                     "No such file")
        self.refused(["bench", "quikc"], "did you mean 'quick'?")
        bad = self.job("[a]\nptes = 1\nthis is no key\n")
        self.refused(["run", bad], "x.job:3: not a [section]")
        bad = self.job("[a]\nstore = devices-list\nsmmus = 2\nentries = 2\n")
        self.refused(["run", bad], "x.job:1:", "store=devices-list",
                     "smmus=2")
        bad = self.job("[a]\nptes = 1..4000\nentries = 1..4000\n")
        self.refused(["run", bad], "x.job:1:", "more than 100000 cells")
        bad = self.job("[a]\nrounds = 0\n")
        self.refused(["run", "--dry-run", bad], "x.job:2: rounds: '0'")

    def test_no_user_input_reaches_a_shell(self):
        for text in ("$(touch x)", "`touch x`", "; touch x", "| touch x"):
            self.refused(["run", text])
            self.refused(["run", "--out", f"/proc/{text}", TINY])
        job = self.job("[a]\ntitle = $(touch x) `touch x` ' \" | touch x\n"
                       "rounds = 8\nlaunches = 5\nblock_us = 5\n"
                       "warmup = 64\n", "$(touch x); `touch x`.job")
        self.ok("run", job, "-q", "--out", self.dir / "o'\"`touch x`")
        left = [p for p in self.dir.rglob("x")]
        self.assertEqual(left, [])


class Folders(Case):
    def test_out_cannot_be_written(self):
        self.refused(["run", TINY, "--out", "/proc/r"], "/proc/r: ")
        self.refused(["run", TINY, "--out", "/dev/null/r"],
                     "/dev/null/r: Not a directory")
        if os.geteuid():
            (self.dir / "closed").mkdir(mode=0o500)
            self.refused(["run", TINY, "--out", "closed/r"],
                         "closed/r: Permission denied")

    def test_disk_is_full(self):
        self.refused(["run", TINY, "--out", "r", "-q"],
                     "r/plan.json: File too large",
                     preexec_fn=limited(resource.RLIMIT_FSIZE, 100))
        self.assertFalse((self.dir / "r").exists())

    def test_disk_gets_full(self):
        # plan.json fits; the samples of a group don't
        fits = 24 << 10
        self.refused(["run", TINY, "--out", "r", "-q", "--no-plots", "--set",
                      "rounds=200"],
                     "sample", "File too large",
                     preexec_fn=limited(resource.RLIMIT_FSIZE, fits))
        self.assertEqual(list((self.dir / "r/samples").iterdir()), [])
        # and there it goes on when there is room again
        self.ok("run", "--resume", "r", "-q", "--no-plots")
        self.assertEqual(len(list((self.dir / "r/samples").iterdir())), 4)

    def test_resume_of_nothing(self):
        self.refused(["run", "--resume", "nowhere"],
                     "nowhere/plan.json: No such file")
        self.refused(["run", "--resume", self.dir], "plan.json: No such file")
        self.refused(["run", "--resume", TINY], "plan.json: Not a directory")
        for extra in (["quick"], ["--set=ptes=1"], ["--out=x"], ["--seed=1"],
                      ["--cpus=0"], ["--dry-run"]):
            self.refused(["run", "--resume", "r", *extra],
                         "--resume goes on with a plan")

    def test_choose_without_results(self):
        self.refused(["choose"], "no result under", "invbench run")
        self.refused(["choose", "nowhere"], "nowhere/plan.json")


class Damaged(Case):
    def setUp(self):
        super().setUp()
        self.result = self.tiny()

    def check(self, name, *words):
        for command in (["run", "-q", "--no-plots", "--resume"], ["choose"]):
            self.refused([*command, self.result], name, *words)
        self.refused(["compare", self.result, self.result], name, *words)

    def test_files(self):
        for name in ("plan.json", "context.json"):
            path = self.result / name
            text = path.read_text()
            for broken in ("", text[:len(text) // 2], "garbage", "[]", "\0"):
                path.write_text(broken)
                self.check(name)
            path.unlink()
            self.check(name, "No such file")
            path.write_text(text)
        path = self.result / "samples/001-attach.txt"
        lines = path.read_text().splitlines(keepends=True)
        for broken, number in ((lines[:50], 51),
                               (lines[:50] + ["0 B what\n"] + lines[50:], 51)):
            path.write_text("".join(broken))
            self.refused(["choose", self.result],
                         f"001-attach.txt:{number}: damaged")
            # of a run that goes on, what is sound is shown
            status, out, err = self.tool("run", "-q", "--no-plots", "--resume",
                                         self.result)
            self.assertEqual(status, 2)
            self.assertEqual(err.count("\n"), 1, err)
            self.assertIn("damaged", err)
            self.assertIn("[strategies]", out)

    def test_unlike_machines(self):
        other = self.dir / "other"
        shutil.copytree(self.result, other)
        path = other / "context.json"
        context = json.loads(path.read_text())
        for key in ("kernel", "guest_kernel"):
            path.write_text(json.dumps(context | {key: "2.6.32"}))
            self.refused(["compare", self.result, other],
                         f"unlike machines ({key} differs)", "--force")
        self.ok("compare", "--force", self.result, other)

    def test_another_guest(self):
        self.refused(["run", "-q", "--resume", self.result, "--kernel", "arm64-6.12"],
                     "--kernel arm64-6.12", "begun with none")

    def test_verdicts(self):
        self.refused(["choose", "--model", "alpha", self.result],
                     "model 'alpha'", "aarch64")
        self.refused(["choose", "--verdicts", "nowhere", self.result],
                     "nowhere")
        bad = self.job('[{"strategy": 5}]', "v.json")
        self.refused(["choose", "--verdicts", bad, self.result], "damaged")

    def test_nothing_in_common(self):
        job = self.job("[other]\nrounds = 8\nlaunches = 5\nblock_us = 5\n"
                       "warmup = 64\n")
        self.ok("run", job, "--out", "other", "-q", "--no-plots")
        self.refused(["compare", self.result, "other"], "share no group")
        self.refused(["choose", "other"], "a choice needs a group")


class Missing(Case):
    def test_gnuplot(self):
        path = self.dir / "bin"
        path.mkdir()
        env = dict(self.env, PATH=str(path))
        status, out, err = self.tool("run", TINY, "-q", "--out", "r", env=env)
        self.assertEqual(status, 0)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn("gnuplot", err)
        self.assertIn("gnuplot-nox", err)
        self.assertIn("choice: ", out)
        self.assertTrue((self.dir / "r/cells.json").exists())
        self.assertEqual(list((self.dir / "r/plots").glob("*.svg")), [])

    def test_worker(self):
        tool = self.dir / "invbench"
        shutil.copy(TOOL, tool)
        self.refused(["run", TINY, "-q", "--out", "r"], "can't start",
                     "invbench-worker", "No such file", tool=str(tool))

    def test_worker_that_dies(self):
        tool = self.dir / "invbench"
        shutil.copy(TOOL, tool)
        worker = self.dir / "invbench-worker"
        worker.write_text("#!/bin/sh\nkill -9 $$\n")
        worker.chmod(0o755)
        self.refused(["run", TINY, "-q", "--out", "r"], "worker",
                     "signal 9", tool=str(tool))
        worker.write_text("#!/bin/sh\nread x; echo what is this\n")
        self.refused(["run", TINY, "-q", "--out", "r"], "what is this",
                     tool=str(tool))

    def test_file_handles(self):
        # 0 to 2 are there; what a launch needs besides is not
        self.refused(["run", TINY, "-q", "--out", "r"], "Too many open files",
                     preexec_fn=limited(resource.RLIMIT_NOFILE, 5))

    @unittest.skipIf(ASAN, "the sanitizer needs terabytes of addresses")
    def test_memory(self):
        # enough for the tool, and too little for 1024 threads
        job = self.job("[a]\nthreads = 1024\nrounds = 8\nlaunches = 5\n"
                       "warmup = 64\n")
        self.refused(["run", job, "-q", "--out", "r"], "thread",
                     preexec_fn=limited(resource.RLIMIT_AS, 400 << 20))


if __name__ == "__main__":
    pathlib.Path(TOOL).stat()
    unittest.main()
