# SPDX-License-Identifier: GPL-2.0-or-later
"""
`run --probe` here: each list of a cell is seen, exactly; what `probe` shows and keeps of what
is said to it; and what is refused.
"""
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import struct
import subprocess
import termios
import unittest

import harness

JOB = """
[global]
launches = 5
rounds = 8
warmup = 64
[q]
op = unmap
queue = lockless, spinlock, none
device = model
compare = queue
[b]
op = cmdq
queue = lockless
device = model
entries = 1, 64
compare = entries
"""


class Run(harness.Case):
    def setUp(self):
        super().setUp()
        self.job = self.dir / "p.job"
        self.job.write_text(JOB)

    def operations(self, folder, name):
        """Of a group: operations of each cell in its samples, those of warm-up too."""
        file, = folder.glob(f"samples/*-{name}*.txt")
        ops = {}
        for line in file.read_text().splitlines():
            words = line.split()
            if len(words) > 5 and words[1] == "B":
                cell = int(words[4])
                ops[cell] = ops.get(cell, 0) + int(words[5])
        return ops

    def rows(self, folder):
        rows = json.loads((folder / "cells.json").read_text())["benchmarks"]
        return {r["name"]: r for r in rows}

    @unittest.skipIf(os.geteuid(), "BPF programs take root")
    def test_exact(self):
        folder = self.dir / "r"
        out = self.ok("run", self.job, "--probe", "--out", folder, "--seed", 5, "-q")
        self.assertIn("as probes saw them [q]; lost: 0", out)
        self.assertRegex(out, "choice: none")
        rows = self.rows(folder)
        plan = json.loads((folder / "plan.json").read_text())
        self.assertTrue(plan["probed"])
        for group in plan["groups"]:
            ops = self.operations(folder, group["name"].split()[0])
            for i, cell in enumerate(group["cells"]):
                row = rows[f"{group['name']}/{cell['name']}"]
                self.assertIn("probed", row["label"])
                self.assertNotIn("rank", row)
                lists = 0 if cell["name"] in ("floor", "none") else ops[i]
                self.assertEqual(row["syncs"], lists, cell["name"])
                self.assertEqual(row["probe_lost"], 0)
                if lists:
                    self.assertLess(0, row["sync_p50_ns"])
                    self.assertLessEqual(row["sync_p50_ns"], row["sync_p99_ns"] * 1.04)
        for name in ("q", "b"):
            svg = (folder / f"plots/syncs-{name}.svg").read_text()
            self.assertIn("as probes saw them", svg)
        shown = json.loads(self.ok("run", "--resume", folder, "--json", "--no-plots", "-q"))
        probed = {r["name"]: r for r in shown["groups"][1]["probed"]}
        self.assertEqual(probed["64"]["commands"], 64)
        self.assertEqual(probed["1"]["commands"], 1)

    @unittest.skipIf(os.geteuid(), "BPF programs take root")
    def test_crash(self):
        self.job.write_text(JOB.replace("rounds = 8", "rounds = 8000"))
        process = self.start("run", self.job, "--probe", "--out", self.dir / "r", "-q")

        def worker():
            return [w for p in harness.children(process.pid) for w in harness.children(p)
                    if "invbench-worker" in pathlib.Path(f"/proc/{w}/cmdline").read_text()]

        self.wait_for(worker)
        os.kill(worker()[0], signal.SIGSEGV)
        _, err = process.communicate(timeout=harness.PATIENCE)
        self.assertEqual(process.returncode, 2)
        self.assertIn("the worker was ended by signal 11 (Segmentation fault)", err)
        self.assertEqual(err.count("\n"), 1, err)

    @unittest.skipIf(os.geteuid(), "BPF programs take root")
    def test_damaged_lines(self):
        folder = self.dir / "r"
        self.ok("run", self.job, "--probe", "--out", folder, "-q", "--no-plots")
        file = sorted(folder.glob("samples/*.txt"))[0]
        text = file.read_text()
        number = text[:text.index(" P ready")].count("\n") + 1
        file.write_text(text.replace(" P ready", " P steady", 1))
        self.refused(["run", "--resume", folder, "-q"], f"{file}:{number}: damaged")
        file.write_text("".join(line for line in text.splitlines(True)
                                if not line.startswith("2 P end")))
        self.refused(["run", "--resume", folder, "-q"], f"{file}: launch 2: damaged", "'end'")

    def test_no_queue(self):
        self.refused(["run", self.job, "--probe", "--set", "queue=none", "--set", "op=unmap"],
                     "no cell of this plan has a queue")

    def test_plan_says_so(self):
        self.assertIn("probes time each list",
                      self.ok("run", self.job, "--probe", "--dry-run"))

    @unittest.skipIf(os.geteuid(), "somebody else takes root to be")
    def test_not_root(self):
        os.chmod(self.dir, 0o755)
        os.chown(self.dir, 65534, 65534)
        os.chmod(self.job, 0o644)
        self.refused(["run", self.job, "--probe", "--out", self.dir / "r", "-q"],
                     "it takes root", user=65534)


class Said(harness.Case):
    """Lines that a probe might say, said by a script in its place."""

    def setUp(self):
        super().setUp()
        self.copy = self.dir / "bin/invbench"
        self.copy.parent.mkdir()
        shutil.copy2(harness.TOOL, self.copy)

    def probe_says(self, *lines):
        script = self.copy.with_name("invbench-probe")
        script.write_text("#!/bin/sh\n: >begun\n" + "\n".join(
            line if line.startswith("!") else f"echo '{line}'" for line in lines)
            .replace("!", ""))
        script.chmod(0o755)

    def say(self, *args, **options):
        return self.tool("probe", "--out", self.dir / "r", *args, tool=str(self.copy), **options)

    # a snapshot of two SMMUs, the second busier, with queues beside its own
    SNAPSHOT = (
        "at 2", "queue 1 8 cmdq a.smmu", "queue 4 8 vcmdq b.smmu", "queue 2 8 cmdq b.smmu",
        "queue 3 8 vcmdq b.smmu",
        "time 0 0 attach 100 100 0 0 30:4",
        "time 1 0 sync 100 60 0 0 16:10", "time 1 0 inv_range 100 60 0 0 16:10",
        "time 2 0 sync 100 60 0 0 16:11", "time 3 0 sync 100 60 0 0 16:12",
        "time 4 0 sync 100 60 0 0 16:13", "time 4 0 nosync 100 60 0 0 16:14",
        "commands 4 0 1:13 2:14", "lost early 7", "lost missed 8")

    def test_order_and_names(self):
        self.probe_says("ready", *self.SNAPSHOT, "end")
        status, out, err = self.say("--no-plots")
        self.assertEqual(status, 0, err)
        rows = [line.split()[:4] for line in out.splitlines()[1:8]]
        self.assertEqual(rows, [["b.smmu", "cmdq", "sync", "11"],
                                ["b.smmu", "vcmdq0", "sync", "12"],
                                ["b.smmu", "vcmdq1", "sync", "13"],
                                ["b.smmu", "vcmdq1", "nosync", "14"],
                                ["a.smmu", "cmdq", "sync", "10"],
                                ["a.smmu", "cmdq", "inv_range", "10"],
                                ["-", "-", "attach", "4"]])
        self.assertIn("lost: 7 calls, the first lists of a queue", out)
        self.assertIn("lost: 8 calls, whose kprobe the kernel missed (missed)", out)
        kept = json.loads((self.dir / "r/probe.json").read_text())
        self.assertEqual({q["key"]: q["queue"] for q in kept["queues"]},
                         {1: "cmdq", 2: "cmdq", 3: "vcmdq0", 4: "vcmdq1"})
        self.assertNotIn("cut_off", kept)

    def test_too_many_curves(self):
        kinds = ("sync", "nosync", "inv_range", "attach")
        self.probe_says("ready", "at 1", *(f"queue {k} 8 vcmdq s" for k in (1, 2, 3, 4)),
                        *(f"time {k} 0 {kind} 100 60 0 0 16:{10 * k + i} 30:1"
                          for k in (0, 1, 2, 3, 4) for i, kind in enumerate(kinds)), "end")
        status, _, err = self.say()
        self.assertEqual(status, 0, err)
        data = (self.dir / "r/plots/latencies.dat").read_text()
        names = re.findall(r"^# (\w+ s vcmdq\d|\w+, no queue)$", data, re.M)
        # of the queues seen first, and of none, there are fewer
        self.assertEqual(names, [f"{kind} s vcmdq{q}" for kind in kinds for q in (1, 2, 3)])
        self.assertIn("the 12 with the most calls, and 8 more not drawn",
                      (self.dir / "r/plots/latencies.svg").read_text())

    def test_curve_of_no_queue(self):
        self.probe_says("ready", "at 1", "queue 1 8 cmdq s", "time 0 0 attach 9 9 0 0 7:3",
                        "time 1 0 sync 9 9 0 0 7:3", "end")
        status, _, err = self.say()
        self.assertEqual(status, 0, err)
        picture = (self.dir / "r/plots/latencies.svg").read_text()
        self.assertIn("attach, no queue, 3 calls", picture)
        self.assertIn("sync, 3 calls", picture)
        self.assertNotIn("more", picture)

    def test_cut_off(self):
        self.probe_says("ready", *self.SNAPSHOT, "at 3", "time 1 0 sync 100 60 0 0 16:7777",
                        "!exit 3")
        status, out, err = self.say("--no-plots")
        self.assertEqual(status, 2)
        self.assertIn("the probe ended too early (status 3)", err)
        self.assertIn("it was cut off: these are its counts up to 2.0 s", out)
        self.assertRegex(out, r"a\.smmu +cmdq +sync +10 ")
        self.assertNotIn("7777", out)
        kept = json.loads((self.dir / "r/probe.json").read_text())
        self.assertTrue(kept["cut_off"])
        self.assertEqual(kept["seconds"], 2)
        self.assertIn("16:7777", (self.dir / "r/samples/probe.txt").read_text())

    def test_first_cut_off(self):
        self.probe_says("ready", "at 3", "time 1 0 sync 100 60 0 0 16:7777", "!kill -9 $$")
        status, out, err = self.say("--no-plots")
        self.assertEqual(status, 2)
        self.assertIn("status 137", err)
        self.assertIn("cut off before its first counts were whole", out)
        self.assertNotIn("7777", out)
        self.assertIn("16:7777", (self.dir / "r/samples/probe.txt").read_text())

    def test_not_its_language(self):
        self.probe_says("ready", *self.SNAPSHOT, "at 3", "tame 1", "end")
        status, out, err = self.say("--no-plots")
        self.assertEqual(status, 2)
        self.assertIn("what isn't of its language: 'tame 1'", err)
        self.assertIn("its counts up to 2.0 s", out)
        self.assertTrue((self.dir / "r/samples/probe.txt").read_text().endswith("tame 1\n"))

    def test_nothing_counted(self):
        self.probe_says("error nothing to watch", "!exit 2")
        self.refused(["probe", "--out", self.dir / "r"], "nothing to watch", tool=str(self.copy))
        self.assertFalse((self.dir / "r").exists())

    def test_folder_first(self):
        self.probe_says("ready", *self.SNAPSHOT, "end")
        (self.dir / "file").write_text("")
        self.refused(["probe", "--out", self.dir / "file/r"], "Not a directory",
                     tool=str(self.copy))
        self.assertFalse((self.dir / "begun").exists())
        # one that is there stays as it is
        (self.dir / "r").mkdir()
        status, out, err = self.say("--no-plots")
        self.assertEqual(status, 0, err)
        self.assertIn(f"result: {self.dir}/r-2\n", out)
        self.assertEqual(list((self.dir / "r").iterdir()), [])

    def test_killed_tool(self):
        self.probe_says("ready", *self.SNAPSHOT,
                        "!while echo at 3; do sleep 0.05; done 2>/dev/null")
        process = self.start("probe", "--out", self.dir / "r", tool=str(self.copy))
        raw = self.dir / "r/samples/probe.txt.tmp"
        self.wait_for(lambda: raw.exists() and "\nat 3\n" in raw.read_text())
        process.kill()
        process.wait(timeout=harness.PATIENCE)
        self.assertIn("time 4 0 nosync 100 60 0 0 16:14\n", raw.read_text())
        context = json.loads((self.dir / "r/context.json").read_text())
        self.assertEqual(context["driver"], "probe")

    def test_command_of_many_words(self):
        self.probe_says("ready", *self.SNAPSHOT, "end")
        status, _, err = self.say("--no-plots", "--", *["x"] * 40)
        self.assertEqual(status, 0, err)
        self.refused(["probe", "--", *["x"] * 41], "a command has 40 words at the most",
                     tool=str(self.copy))

    def live(self, columns, rows):
        """What is drawn on a terminal of this size: the text, and its drawings, as lines."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        process = subprocess.Popen(
            [str(self.copy), "probe", "--no-plots", "--out", str(self.dir / "r")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, text=True,
            env=self.env, cwd=self.dir)
        self.addCleanup(self.end, process)
        os.close(theirs)
        screen = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            screen += piece
            if b"\033[?7h" in screen:
                (self.dir / "drawn").touch()
        os.close(ours)
        (self.dir / "drawn").unlink()
        out, _ = process.communicate(timeout=harness.PATIENCE)
        self.assertEqual(process.returncode, 0, out + screen.decode())
        drawings = re.findall("\033\\[\\?7l(.*?)\033\\[\\?7h(?:\033\\[([0-9]+)A\033\\[J)?",
                              screen.decode().replace("\r\n", "\n"), re.S)
        self.assertEqual(len(drawings), 2)
        for text, up in drawings:
            # each is erased, all of it, and no line of it has wrapped
            self.assertEqual(int(up), text.count("\n"))
            self.assertLess(text.count("\n"), rows)
            self.assertLessEqual(max(map(len, text.splitlines())), columns)
        return out, [text.splitlines() for text, _ in drawings]

    def test_live(self):
        # what is read at once is drawn once
        self.probe_says("ready", *self.SNAPSHOT, "at 3", "time 1 0 sync 200 60 0 0 16:20",
                        "!until [ -e drawn ]; do sleep 0.02; done", "at 4", "end")
        out, (first, second) = self.live(80, 24)
        self.assertEqual(first[0], "2 s; of the last 2.0 s:")
        self.assertEqual(first[1].split()[:4], ["SMMU", "QUEUE", "KIND", "CALLS"])
        self.assertIn("P99", first[1])
        self.assertNotIn("MAX", first[1])
        self.assertEqual(len(first), 9)
        self.assertEqual(second[0], "3 s; of the last 1.0 s:")
        # the whole is shown whole
        self.assertRegex(out, "no calls in 4.0 s")
        # and on a wide one all is there, but for what isn't known of an interval
        _, (first, _) = self.live(200, 24)
        heading, row = first[1], first[2]
        self.assertIn("TIMED OUT", heading)
        self.assertEqual(row[heading.index("MAX") + 2], "-")
        # a low one has its first lines
        _, (first, _) = self.live(80, 6)
        self.assertEqual(first[-1], "...")
        self.assertEqual(len(first), 5)


class Probe(harness.Case):
    @unittest.skipIf(os.geteuid(), "BPF programs take root")
    def test_no_driver(self):
        with open("/proc/kallsyms", encoding="ascii") as f:
            if re.search(r" arm_smmu_cmdq_issue_cmdlist\b", f.read()):
                self.skipTest("this kernel has the driver")
        self.refused(["probe", "--duration", "0.1"], "arm_smmu_cmdq_issue_cmdlist()",
                     "not in the kernel's BTF")
        # no folder of nothing
        self.assertEqual([f.name for f in (self.top / "results").iterdir()], ["reference"])

    def test_usage(self):
        for words, wanted in ((["--target", "here"], "stock or module"),
                              (["--method", "uprobe"], "auto, fentry or kprobe"),
                              (["--backend", "user"], "here or guest"),
                              (["--duration", "0"], "0.01 to 1000000"),
                              (["--interval", "often"], "0.01 to 1000000"),
                              (["--queues", "256"], "1 to 255")):
            self.refused(["probe", *words], words[1], wanted)
        self.refused(["probe", "--fio"], "--backend guest")
        self.refused(["probe", "--backend", "guest", "--fio", "--", "true"], "--fio")


if __name__ == "__main__":
    unittest.main()
