# SPDX-License-Identifier: GPL-2.0-or-later
"""`run --probe` here: each list of a cell is seen, exactly; and what is refused."""
import json
import os
import pathlib
import re
import signal
import sys
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


class Probe(harness.Case):
    @unittest.skipIf(os.geteuid(), "BPF programs take root")
    def test_no_driver(self):
        with open("/proc/kallsyms", encoding="ascii") as f:
            if re.search(r" arm_smmu_cmdq_issue_cmdlist\b", f.read()):
                self.skipTest("this kernel has the driver")
        self.refused(["probe", "--duration", "0.1"], "arm_smmu_cmdq_issue_cmdlist()",
                     "not in the kernel's BTF")

    def test_usage(self):
        for words, wanted in ((["--target", "here"], "stock or module"),
                              (["--method", "uprobe"], "auto, fentry or kprobe"),
                              (["--backend", "user"], "here or guest"),
                              (["--duration", "0"], "0.01 to 1000000"),
                              (["--interval", "often"], "0.01 to 1000000"),
                              (["--queues", "256"], "1 to 255")):
            self.refused(["probe", *words], words[1], wanted)


if __name__ == "__main__":
    if harness.ASAN:
        print("the probed worker is the release build's")
        sys.exit(77)
    unittest.main()
