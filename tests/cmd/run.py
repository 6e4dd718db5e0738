# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole runs of a tiny job: what they leave, show, survive."""
import json
import os
import pty
import re
import select
import signal
import subprocess
import time
import unittest

from harness import Case, PATIENCE, TINY, TOOL, alive, children

GROUPS = ["000-strategies.txt", "001-attach.txt", "002-stores_threads_1.txt",
          "003-stores_threads_2.txt"]


class Whole(Case):
    def test_folder(self):
        out = self.ok("run", TINY, "--out", "r", "--seed", 5, "-q")
        result = self.dir / "r"
        for word in ("machine: ", "strategies [strategies] baseline merged",
                     "stores [stores threads=2]", "RANK", "controls",
                     "dropped: ", "choice: ", "result: r"):
            self.assertIn(word, out)
        names = sorted(p.name for p in (result / "samples").iterdir())
        self.assertEqual(names, GROUPS)
        self.assertEqual(list(result.rglob("*.tmp")), [])
        for picture in ("strategies", "attach", "canaries",
                        "reader-against-attach", "cost-by-threads"):
            for kind in ("svg", "png"):
                path = result / f"plots/{picture}.{kind}"
                self.assertGreater(path.stat().st_size, 1000, path)
        self.assertIn("<svg", (result / "plots/strategies.svg").read_text())

    def test_context(self):
        context = json.loads((self.tiny("r", "--cpus=0") / "context.json")
                             .read_text())
        for key in ("kernel", "kernel_config", "cmdline", "cpu", "clock",
                    "virtualisation", "iommu", "tool", "build", "herd7", "git",
                    "seed", "date", "os", "arch", "job", "pinned"):
            self.assertIn(key, context)
        for key in ("model", "microcode", "governor", "smt", "online"):
            self.assertIn(key, context["cpu"])
        self.assertEqual(context["driver"], "rounds")
        self.assertEqual(context["seed"], "5")
        self.assertEqual(context["job"], "tiny")
        self.assertEqual(context["pinned"], [0])
        if context["git"] and context["git"]["revision"]:
            self.assertRegex(context["git"]["revision"], "^[0-9a-f]{40}$")
            self.assertIn(context["git"]["dirty"], (True, False))

    def test_cells(self):
        cells = json.loads((self.tiny() / "cells.json").read_text())
        self.assertEqual(cells["context"]["driver"], "rounds")
        rows = {b["name"]: b for b in cells["benchmarks"]}
        self.assertEqual(len(rows), len(cells["benchmarks"]))
        for name in ("strategies/merged", "attach/full", "strategies/same",
                     "stores threads=2/spinlock-list"):
            row = rows[name]
            self.assertEqual(row["time_unit"], "ns")
            self.assertGreater(row["real_time"], 0)
            self.assertGreater(row["ratio"], 0)
            self.assertLessEqual(row["ratio_lo"], row["ratio_hi"])
        self.assertEqual(rows["strategies/merged"]["ratio"], 1)
        self.assertIn(rows["strategies/none"]["rank"], (1, 2, 3))
        self.assertNotIn("rank", rows["strategies/same"])

    def test_a_seed_makes_one_plan(self):
        plans = [(self.tiny(name) / "plan.json").read_text()
                 for name in ("a", "b")]
        self.assertEqual(plans[0], plans[1])
        other = self.ok("run", TINY, "--seed", 6, "--dry-run", "--json")
        self.assertNotEqual(json.loads(plans[0]), json.loads(other))
        same = self.ok("run", TINY, "--seed", 5, "--dry-run", "--json")
        self.assertEqual(json.loads(plans[0]), json.loads(same))

    def test_default_place(self):
        out = self.ok("run", TINY, "-q", "--no-plots", "--set", "rounds=8")
        place = re.search("^result: (.*)$", out, re.M)[1]
        self.assertRegex(place, "/results/[0-9]{8}-[0-9]{6}-tiny$")
        # which choose finds by itself
        self.assertIn("choice: ", self.ok("choose"))
        again = self.ok("choose", place)
        self.assertIn("not advice for Arm", again)

    def test_a_second_run_has_its_own_folder(self):
        self.tiny()
        out = self.ok("run", TINY, "--out", "r", "-q", "--no-plots")
        self.assertIn("result: r-2\n", out)

    def test_dry_run_measures_nothing(self):
        out = self.ok("run", TINY, "--dry-run", "--cells")
        self.assertRegex(out, "job tiny: 4 groups, [0-9]+ cells, about")
        self.assertIn("  merged ", out)
        self.assertEqual([p.name for p in (self.top / "results").iterdir()],
                         ["reference"])

    def test_compare_with_itself(self):
        result = self.tiny()
        out = self.ok("compare", result, result)
        self.assertNotIn("slower", out)
        self.assertNotIn("faster", out)
        rows = self.json("compare", "--json", result, result)
        self.assertGreaterEqual(len(rows), 4)
        for row in rows:
            self.assertEqual((row["finding"], row["change"]), ("-", 1))

    def test_compare_finds_what_is_slower(self):
        a = self.tiny("a")
        b = self.dir / "b"
        subprocess.run(["cp", "-r", a, b], check=True)
        path = b / "samples/000-strategies.txt"
        # cell 2 is "full": ten times the time in each of its blocks
        text = re.sub(r"^(\d+ B \d+ \d+ 2 \d+ \d+)( .*)$", r"\g<1>0\2",
                      path.read_text(), flags=re.M)
        path.write_text(text)
        status, out, err = self.tool("compare", a, b)
        self.assertEqual(status, 1, err)
        self.assertRegex(out, "(?m)^strategies +full .* slower")
        status, out, err = self.tool("compare", b, a)
        self.assertEqual(status, 0, err)
        self.assertRegex(out, "(?m)^strategies +full .* faster")


class Json(Case):
    def test_run_and_choose(self):
        doc = self.json("run", TINY, "--out", "r", "-q", "--no-plots",
                        "--json")
        self.assertEqual([g["group"] for g in doc["groups"]],
                         ["strategies", "attach", "stores threads=1",
                          "stores threads=2"])
        self.assertEqual(doc["result"], "r")
        self.assertEqual(len(doc["controls"]), 4)
        rows = doc["groups"][0]["rows"]
        self.assertIn("merged", [r["name"] for r in rows])
        choice = self.json("choose", "--json", "r")["choice"]
        self.assertEqual(choice["model"], "aarch64")
        verdicts = {r["strategy"]: r["verdict"] for r in choice["front"]}
        self.assertEqual(verdicts["none"], "unsound")
        self.assertEqual(verdicts["merged"], "sound")
        self.assertIn(choice["choice"], ("merged", "full"))
        self.assertTrue(choice["reason"])
        self.assertEqual(choice, doc["choice"])

    def test_without_a_choice(self):
        job = self.job("[a]\nrounds = 8\nlaunches = 5\nblock_us = 5\n"
                       "warmup = 64\n")
        doc = self.json("run", job, "--out", "r", "-q", "--no-plots", "--json")
        self.assertEqual(doc["choice"]["choice"], "none")
        self.assertIn("a choice needs", doc["choice"]["reason"])

    def test_list(self):
        doc = self.json("list", "--json")
        self.assertIn("merged", [s["name"] for s in doc["strategies"]])
        self.assertIn("rcu-array", [s["name"] for s in doc["stores"]])
        self.assertIn("default", [s["name"] for s in doc["jobs"]])
        doc = self.json("list", "--json", "--axes", "--transitions")
        self.assertIn("ptes", [s["key"] for s in doc["axes"]])
        self.assertGreater(len(doc["transitions"]), 10)
        text = self.ok("list")
        for word in ("STRATEGY", "devices-list", "quick"):
            self.assertIn(word, text)


class Interrupted(Case):
    # about as long as it takes to be interrupted in the middle
    LONG = ["run", TINY, "--out", "r", "--no-plots", "--set", "rounds=400"]

    def begin(self):
        tool = self.start(*self.LONG, start_new_session=True)
        first = self.dir / "r/samples" / GROUPS[0]
        self.wait_for(first.exists)
        return tool

    def done(self):
        return {p.name: (p.stat().st_ino, p.stat().st_mtime_ns, p.read_bytes())
                for p in (self.dir / "r/samples").iterdir()
                if not p.name.startswith(".")}

    def test_killed(self):
        tool = self.begin()
        self.wait_for(lambda: children(tool.pid) or tool.poll() is not None)
        workers = children(tool.pid)
        tool.kill()
        tool.communicate()
        self.assertEqual(tool.returncode, -signal.SIGKILL)
        # nobody measures for nobody
        self.wait_for(lambda: not any(map(alive, workers)), 10)
        before = self.done()
        self.assertGreaterEqual(len(before), 1)
        self.assertLess(len(before), len(GROUPS))
        out = self.ok("run", "--resume", "r", "-q", "--no-plots")
        after = self.done()
        self.assertEqual(sorted(after), GROUPS)
        for name, was in before.items():
            self.assertEqual(after[name], was, name)
        self.assertIn("[strategies]", out)
        self.assertIn("[stores threads=2]", out)
        self.assertEqual([p.name for p in (self.dir / "r/samples").iterdir()
                          if p.name.startswith(".")], [])
        # and once more there is nothing to do
        self.ok("run", "--resume", "r", "-q", "--no-plots")
        self.assertEqual(self.done(), after)

    def interrupt(self, sig):
        tool = self.begin()
        # as a terminal does it: to the tool and its worker
        os.killpg(tool.pid, sig)
        out, err = tool.communicate(timeout=PATIENCE)
        self.assertEqual(tool.returncode, 0, err)
        self.assertIn("[strategies]", out)
        self.assertIn("controls", out)
        self.assertIn("result: r\n", out)
        self.assertRegex(err, "(?m)^invbench: interrupted in .*; "
                              "`invbench run --resume r` goes on$")
        before = self.done()
        self.assertLess(len(before), len(GROUPS))
        self.assertTrue((self.dir / "r/cells.json").exists())
        self.ok("run", "--resume", "r", "-q", "--no-plots")
        self.assertEqual(sorted(self.done()), GROUPS)

    def test_control_c(self):
        self.interrupt(signal.SIGINT)

    def test_at_any_moment(self):
        # the tool is seldom found elsewhere than in a read from its worker
        for delay in (0.05, 0.1, 0.15, 0.2):
            tool = self.start(*self.LONG, "-q", start_new_session=True)
            self.wait_for(lambda: children(tool.pid))
            time.sleep(delay)
            os.killpg(tool.pid, signal.SIGINT)
            _, err = tool.communicate(timeout=PATIENCE)
            self.assertEqual(tool.returncode, 0, err)
            self.assertEqual(err.count("\n"), 1, err)
            self.assertIn("interrupted in ", err)

    def test_pinned_cpus_are_kept(self):
        self.tiny("r", "--cpus=0")
        (self.dir / "r/samples" / GROUPS[3]).unlink()
        self.ok("run", "--resume", "r", "-q", "--no-plots")
        context = json.loads((self.dir / "r/context.json").read_text())
        self.assertEqual(context["pinned"], [0])
        context["pinned"] = [99999]
        (self.dir / "r/context.json").write_text(json.dumps(context))
        self.refused(["run", "--resume", "r", "-q"], "pinned to CPUs")


class Progress(Case):
    def test_plain_lines(self):
        _, _, err = self.tool("run", TINY, "--out", "r", "--no-plots")
        lines = err.splitlines()
        self.assertEqual(len(lines), 4)
        for number, text in enumerate(lines, 1):
            self.assertRegex(text, f"^{number}/4 .*, [0-9]+ s left$")
        self.assertNotIn("\r", err)
        self.assertNotIn("\033", err)

    def test_quiet(self):
        status, _, err = self.tool("run", TINY, "--out", "r", "--no-plots",
                                   "-q")
        self.assertEqual((status, err), (0, ""))

    def test_terminal(self):
        master, slave = pty.openpty()
        tool = subprocess.Popen([TOOL, "run", TINY, "--out", "r", "--no-plots"],
                                env=self.env, cwd=self.dir, stdin=slave,
                                stdout=subprocess.DEVNULL, stderr=slave)
        self.addCleanup(self.end, tool)
        os.close(slave)
        text = b""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                part = os.read(master, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            text += part
        os.close(master)
        self.assertEqual(tool.wait(timeout=PATIENCE), 0)
        shown = re.findall(rb"\r\033\[K4/4 stores threads=2 +(\d+) %, \d+ s left",
                           text)
        self.assertGreaterEqual(len(shown), 2, text)
        self.assertEqual(int(shown[-1]), 100)
        # the line is gone at the end
        self.assertTrue(text.endswith(b"\r\033[K"), text[-100:])


if __name__ == "__main__":
    unittest.main()
