# SPDX-License-Identifier: GPL-2.0-or-later
"""flame: real recordings, their pictures as XML, the sign of a difference, bad input."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import unittest
import xml.etree.ElementTree as ET

from harness import ASAN, Case, children

SVG = "{http://www.w3.org/2000/svg}"


def can_record():
    """Whether perf is there and may look at a process of ours."""
    if not shutil.which("perf"):
        return False
    run = subprocess.run(["perf", "record", "-e", "cpu-clock", "-o", "/dev/null", "true"],
                         stdin=subprocess.DEVNULL, capture_output=True)
    return run.returncode == 0


RECORDS = can_record() and not ASAN


def frames(path):
    """Names of a picture's frames; it must be XML, and ask for nothing from elsewhere."""
    text = pathlib.Path(path).read_text()
    root = ET.fromstring(text)
    links = re.findall(r"https?://[^\"' ]+", text)
    assert set(links) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}, links
    assert "href" not in text and "@import" not in text
    found = [g for g in root.iter(SVG + "g") if g.get("class") == "f"]
    for g in found:
        assert g.find(SVG + "title").text.startswith(g.get("data-n"))
    return [g.get("data-n") for g in found]


def folded(path):
    """Stacks of a folded file: {(outer, ..., inner): count}."""
    stacks = {}
    for line in pathlib.Path(path).read_text().splitlines():
        names, count = line.rsplit(" ", 1)
        stack = tuple(names.split(";"))
        stacks[stack] = stacks.get(stack, 0) + int(count)
    return stacks


class FoldedFiles(Case):
    def file(self, name, text):
        path = self.dir / name
        path.write_text(text)
        return path

    def changes(self, a, b):
        out = self.json("flame", a, "--against", b, "--json")
        return {row["frame"]: row for row in out["changes"]}

    def test_sign(self):
        a = self.file("a.folded", "main;grows 1000\nmain;other 1000\n")
        b = self.file("b.folded", "main;grows 2000\nmain;other 1000\n")
        rows = self.changes(a, b)
        self.assertAlmostEqual(rows["grows"]["points"], 100 / 6, places=6)
        self.assertEqual(rows["grows"]["direction"], "larger share in B")
        self.assertAlmostEqual(rows["other"]["points"], -100 / 6, places=6)
        self.assertEqual(rows["other"]["direction"], "smaller share in B")
        rows = self.changes(b, a)
        self.assertEqual(rows["grows"]["direction"], "smaller share in B")
        one = self.json("flame", a, "--json")["cells"][0]
        self.assertEqual((one["seconds"], one["ns_per_op"], one["lost"]), (None, None, None))
        # twice of everything is no change
        c = self.file("c.folded", "main;grows 2000\nmain;other 2000\n")
        for row in self.changes(a, c).values():
            self.assertEqual(row["direction"], "within noise")

    def test_words(self):
        a = self.file("a.folded", "main;grows 1000\nmain;other 1000\n")
        b = self.file("b.folded", "main;grows 2000\nmain;other 1000\n")
        svg = self.dir / "d.svg"
        text = self.ok("flame", a, "--against", b, "--out", svg)
        self.assertIn(f"A: {a}", text)
        self.assertRegex(text, r"\+16.67 .* larger share in B +grows")
        self.assertEqual(frames(svg), ["all", "main", "grows", "other"])
        words = "".join(t.text or "" for t in ET.parse(svg).iter(SVG + "text"))
        self.assertIn(f"red: a larger share of B's samples ({b}) than of A's ({a})", words)

    def test_hostile_names(self):
        names = ["<b>&amp", "]]>", "\"'", "\x01\x1f", "ü→\U0001f600", "a" * 3000]
        path = self.dir / "h.folded"
        path.write_bytes(b"".join(f"main;{n} 5\n".encode() for n in names) +
                         b"main;\xff\xed\xa0\x80 5\n")
        svg = self.dir / "h.svg"
        self.ok("flame", path, "--out", svg)
        found = frames(svg)
        for name in ("<b>&amp", "]]>", "\"'", "??", "ü→\U0001f600"):
            self.assertIn(name, found)

    def test_bad_files(self):
        none = self.dir / "none.folded"
        self.refused(["flame", none], str(none), "No such file")
        bad = self.file("bad.folded", "main 1\nmain;a\n")
        self.refused(["flame", bad], f"{bad}:2:", "no folded stack")
        empty = self.file("e.folded", "# nothing\n")
        self.refused(["flame", empty], "no stack")
        good = self.file("g.folded", "main 1\n")
        self.refused(["flame", good, "--against", "queue=lockless"], "queue=lockless", ".folded")
        self.refused(["flame", good, "--out", "/proc/none.svg"], "/proc/none.svg")


class BadInput(Case):
    def test_cells(self):
        self.refused(["flame"], "of which cell?")
        self.refused(["flame", "a=1", "b=2"], "'b=2'", "--against")
        self.refused(["flame", "nonsense"], "'nonsense'", "AXIS=VALUE", "GROUP/CELL")
        self.refused(["flame", "stor=rcu-array"], "stor", "store")
        self.refused(["flame", "store=rcu-arry"], "did you mean rcu-array?")
        self.refused(["flame", "world=kernel"], "world", "--backend")
        self.refused(["flame", "queue="], "'queue='", "AXIS=VALUE")
        self.refused(["flame", "store=unsync-list,threads=2"], "threads=2")
        self.refused(["flame", "strategies/mergd"], "'mergd'", "merged")
        self.refused(["flame", "strategis/merged"], "'strategis'", "did you mean 'strategies'?")
        self.refused(["flame", "nojob:x/y"], "nojob")
        self.refused(["flame", "queue=lockless", "--against", "queue=x"], "lockless")
        self.assertEqual(list((self.top / "results").iterdir()),
                         [self.top / "results/reference"])

    def test_options(self):
        for option, value in (("--duration", "0"), ("--hz", "0"), ("--hz", "x"), ("--top", "0")):
            self.refused(["flame", "queue=none", option, value], option, value)

    def test_options_that_do_not_apply(self):
        (self.dir / "f.folded").write_text("main 1\n")
        for args, word in ((["stock", "--backend", "kernel"], "--backend"),
                           (["stock", "--backend", "user"], "--backend"),
                           (["stock", "--kernel", "arm64-7.3"], "--kernel"),
                           (["stock", "--module", "x.ko"], "--module"),
                           (["queue=none", "--kernel", "arm64-7.3"], "--kernel"),
                           (["queue=none", "--module", "x.ko"], "--module"),
                           (["f.folded", "--backend", "user"], "--backend"),
                           (["f.folded", "--hz", 9], "--hz"),
                           (["f.folded", "--duration", 9], "--duration"),
                           (["f.folded", "--module", "x.ko"], "--module")):
            self.refused(["flame", *args], f"flame: {word}: ")

    def test_no_perf(self):
        self.env["PATH"] = str(self.dir)
        self.refused(["flame", "queue=none", "--out", self.dir / "r"], "perf is not installed",
                     "linux-perf")
        self.assertFalse((self.dir / "r").exists())

    def fake_perf(self, text):
        path = self.dir / "bin"
        path.mkdir()
        (path / "perf").write_text("#!/bin/sh\n" + text)
        (path / "perf").chmod(0o755)
        self.env["PATH"] = f"{path}:{self.env['PATH']}"

    def test_perf_that_fails(self):
        self.fake_perf("printf 'Error:\\nThe sky is falling.\\nmore\\n' >&2; exit 1\n")
        self.refused(["flame", "queue=none", "--out", self.dir / "r"], "perf: The sky is falling.")
        self.assertFalse((self.dir / "r").exists())


@unittest.skipUnless(RECORDS, "perf can't record here, or sanitizers are in the way")
class Recordings(Case):
    def record(self, *args):
        out = self.json("flame", *args, "--duration", 1, "--out", self.dir / "r", "--json")
        return out, pathlib.Path(out["result"])

    def test_functions_of_the_queue(self):
        out, where = self.record("queue=lockless,device=model")
        self.assertEqual(len(out["files"]), 2)
        stacks = folded(where / out["files"][0])
        found = frames(where / out["files"][1])
        names = {n for stack in stacks for n in stack}
        for name in ("arm_smmu_cmdq_issue_cmdlist_lockless_model", "smmu_model_poll",
                     "__arm_smmu_cmdq_issue_cmdlist_[i]", "smmu_walk_faithful_[i]"):
            self.assertIn(name, names)
            self.assertIn(name, found)
        # inlined functions stand where the source calls them
        within = [s for s in stacks if "__arm_smmu_cmdq_issue_cmdlist_[i]" in s]
        for stack in within:
            at = stack.index("__arm_smmu_cmdq_issue_cmdlist_[i]")
            self.assertEqual(stack[at - 1], "arm_smmu_cmdq_issue_cmdlist_lockless_model")
        # every sample is somewhere, and nothing lies outside the process
        self.assertEqual(sum(stacks.values()), out["cells"][0]["samples"])
        self.assertGreater(out["cells"][0]["ns_per_op"], 0)
        mine = sum(n for s, n in stacks.items() if s[0] == "main")
        self.assertGreater(mine, sum(stacks.values()) / 2)
        self.assertFalse((where / "flame/perf.data").exists())

    def test_difference_of_queues(self):
        out, where = self.record("queue=lockless,device=null", "--against",
                                 "queue=spinlock,device=null", "--top", 1000)
        self.assertEqual(out["cells"][0]["name"], "queue=lockless")
        self.assertEqual(out["cells"][1]["name"], "queue=spinlock")
        rows = {row["frame"]: row for row in out["changes"]}
        only_a = [r for n, r in rows.items() if "lockless" in n]
        only_b = [r for n, r in rows.items() if "spinlock" in n]
        self.assertTrue(only_a and only_b, rows)
        for row in only_a:
            self.assertLess(row["change_ns"], 0)
            self.assertEqual(row["b_ns"], 0)
            self.assertEqual(row["b_percent"], 0)
        for row in only_b:
            self.assertGreater(row["change_ns"], 0)
            self.assertEqual(row["a_ns"], 0)
            self.assertEqual(row["a_percent"], 0)
        found = frames(where / "flame/differential.svg")
        self.assertIn("unmap", found)
        self.assertIn("arm_smmu_cmdq_issue_cmdlist_lockless_null", found)
        names = {n for s in folded(where / "flame/queue-lockless.folded") for n in s}
        self.assertIn("arm_smmu_cmdq_issue_cmdlist_lockless_null", names)
        self.assertFalse([n for n in names if "spinlock" in n])
        text = (where / "flame/differential.svg").read_text()
        self.assertIn("red: more time an operation in B (queue=spinlock) than in A (queue=lockless)", text)

    def test_parts_of_an_operation(self):
        """They add up to its time: what threads wait for each other before is none of it."""
        for cell in ("device=null", "device=null,threads=2", "device=null,readers=1"):
            out = self.json("flame", cell, "--duration", 1, "--out", self.dir / cell,
                            "--json", "--top", 100000)
            parts = [row["self_ns"] for row in out["frames"] if row["self_ns"] is not None]
            self.assertAlmostEqual(sum(parts), out["cells"][0]["ns_per_op"], places=6)
            waits = [row for row in out["frames"] if row["frame"].startswith("team_wait")]
            for row in waits:
                self.assertIsNone(row["self_ns"])

    def test_cell_of_a_job_and_of_a_result(self):
        first = self.tiny()
        plan = json.loads((first / "plan.json").read_text())
        group = plan["groups"][0]
        name = f"{group['name']}/{group['cells'][0]['name']}"
        _, where = self.record(f"{first}:{name}")
        again = json.loads((where / "plan.json").read_text())
        self.assertEqual(again["groups"][0]["cells"][0]["params"], group["cells"][0]["params"])
        self.ok("flame", "strategies/none", "--duration", 1, "-q", "--out", self.dir / "s")

    def test_no_run(self):
        """Its folder is no run's: choose takes the run before it, and nothing resumes it."""
        run = self.tiny("top/results/run")
        _, where = self.record("device=null")
        shutil.move(where, self.top / "results/flame")
        self.assertEqual(self.tool("choose"), self.tool("choose", run))
        before = sorted(self.top.glob("results/flame/**/*"))
        self.refused(["run", "--resume", self.top / "results/flame"], "no run's",
                     "invbench flame")
        self.assertEqual(sorted(self.top.glob("results/flame/**/*")), before)

    def test_against_itself(self):
        out, _ = self.record("strategy=merged", "--against", "strategy=merged")
        self.assertEqual(len(out["files"]), 5)
        self.assertEqual(len(set(out["files"])), 5)

    def test_interrupted(self):
        process = self.start("flame", "queue=lockless", "--duration", 600, "--out", self.dir / "r",
                             "--json")
        data = self.dir / "r/flame/perf.data"
        self.wait_for(lambda: data.exists() and data.stat().st_size > 100000)
        # as a terminal does it
        for pid in [process.pid, *children(process.pid)]:
            os.kill(pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)
        result = json.loads(out)
        self.assertGreater(result["cells"][0]["samples"], 10)
        self.assertTrue(result["interrupted"])
        said = [n for n in result["notes"] if n.startswith("interrupted after ")]
        self.assertRegex(said[0], r"^interrupted after [0-9.]+ of 600\.0 s$")
        self.assertIn(said[0], (self.dir / "r" / result["files"][1]).read_text())
        for name in result["files"]:
            self.assertTrue((self.dir / "r" / name).exists())

    def test_worker_dies(self):
        """What was recorded until then is kept, with why it is less; and it isn't success."""
        process = self.start("flame", "queue=lockless", "--duration", 600, "--out", self.dir / "r",
                             "--json")
        data = self.dir / "r/flame/perf.data"
        self.wait_for(lambda: data.exists() and data.stat().st_size > 100000)
        for pid in children(process.pid):
            if "worker" in pathlib.Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGKILL)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 2, err)
        self.assertIn("worker", err)
        self.assertEqual(err.count("\n"), 1, err)
        result = json.loads(out)
        self.assertTrue(result["failed"])
        self.assertFalse(result["interrupted"])
        self.assertTrue([n for n in result["notes"] if n.startswith("it failed: ")])
        self.assertGreater(result["cells"][0]["samples"], 10)
        self.assertEqual(json.loads((self.dir / "r/flame.json").read_text()), result)

    def test_killed(self):
        process = self.start("flame", "queue=lockless", "--duration", 600, "--out", self.dir / "r")
        data = self.dir / "r/flame/perf.data"
        self.wait_for(data.exists)
        left = children(process.pid)
        process.kill()
        process.communicate()
        self.wait_for(lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in left), 60)


PROBE = pathlib.Path(os.environ["INVBENCH"]).with_name("invbench-probe")


def can_sample():
    """Whether the sampler is built and may look at this kernel."""
    if ASAN or os.geteuid() or not PROBE.exists():
        return False
    run = subprocess.run([PROBE, "stacks", "--duration", "0.1"], stdin=subprocess.DEVNULL,
                         capture_output=True)
    return run.returncode == 0


@unittest.skipUnless(can_sample(), "no sampler here, or it may not look at this kernel")
class Sampler(Case):
    def sample(self, *args):
        """(stacks, figures) of what it says."""
        out = subprocess.run([PROBE, "stacks", *args], stdin=subprocess.DEVNULL, check=True,
                             capture_output=True, text=True).stdout
        lines = out.splitlines()
        figures = dict(line[2:].split() for line in lines if line.startswith("# "))
        stacks = [line for line in lines if not line.startswith("#")]
        (self.dir / "s.folded").write_text("\n".join(stacks) + "\n")
        return folded(self.dir / "s.folded"), figures

    def test_kernel_of_a_command(self):
        stacks, figures = self.sample("dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=100")
        self.assertEqual(sum(stacks.values()), int(figures["samples"]))
        self.assertEqual(sum(n for s, n in stacks.items() if s[-1] == "[user]"),
                         int(figures["user"]))
        self.assertEqual((figures["unread"], figures["full"]), ("0", "0"))
        names = {n for s in stacks if s[0] == "dd" for n in s}
        self.assertTrue({"vfs_read", "ksys_read"} & names, names)
        # its lines are folded stacks as `flame` takes them
        text = self.ok("flame", self.dir / "s.folded", "--out", self.dir / "s.svg")
        self.assertIn("FRAME", text)
        self.assertIn("dd", frames(self.dir / "s.svg"))

    def test_into_a_file(self):
        out = self.dir / "lines"
        run = subprocess.run([PROBE, "stacks", "--out", out, "sh", "-c", "echo its own; exit 7"],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout), (7, "its own\n"))
        self.assertIn("# seconds", out.read_text())

    def test_stock(self):
        if "arm_smmu_cmdq_issue_cmdlist" in pathlib.Path("/proc/kallsyms").read_text():
            self.skipTest("this kernel has the driver")
        self.refused(["flame", "stock", "--out", self.dir / "r"], "no arm-smmu-v3", "guest")
        self.assertFalse((self.dir / "r").exists())

    def test_deaf_command(self):
        """One that doesn't listen is ended, and what was sampled is there."""
        run = subprocess.run([PROBE, "stacks", "--duration", "0.5", "sh", "-c",
                              "trap '' TERM; while :; do :; done"],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual(run.returncode, 128 + signal.SIGKILL)
        self.assertIn("\nsh;[user] ", "\n" + run.stdout)
        self.assertIn("\n# cut 0\n", run.stdout)
        self.assertIn("\n# seconds ", run.stdout)

    def test_not_root(self):
        run = subprocess.run([PROBE, "stacks", "--duration", "1"], stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, user=65534, group=65534)
        self.assertEqual(run.returncode, 2)
        self.assertRegex(run.stdout, r"^error it takes root: .*\n$")


if __name__ == "__main__":
    unittest.main()
