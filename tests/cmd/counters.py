# SPDX-License-Identifier: GPL-2.0-or-later
"""`run --counters`: perf's events, by software ones that every machine has."""
import json
import os
import platform
import unittest

from harness import Case, TINY, TOOL

DENY = os.environ["DENY_PERF"]
# a model that libpfm is told to take this machine for, and an event of it
MODEL = {"x86_64": ("amd64_fam19h_zen3", "RETIRED_INSTRUCTIONS"),
         "aarch64": ("arm_n1", "CPU_CYCLES")}.get(platform.machine())


class Counted(Case):
    def setUp(self):
        super().setUp()
        # where nobody may count, there is nothing to see
        done, _, err = self.tool("run", TINY, "--dry-run", "--counters", "task-clock")
        if "may be opened" in err:
            self.skipTest(err.strip())
        self.assertEqual(done, 0, err)

    def test_tables_and_rows(self):
        status, out, err = self.tool("run", TINY, "--out", "r", "-q", "--no-plots",
                                     "--counters", "task-clock,page-faults,cycles,r11:u")
        self.assertEqual(status, 0, err)
        self.assertIn("counted an operation [strategies] baseline merged", out)
        self.assertIn("counted an operation [stores threads=2] baseline rcu-array", out)
        rows = {b["name"]: b for b in
                json.loads((self.dir / "r/cells.json").read_text())["benchmarks"]}
        for name in ("strategies/merged", "strategies/same", "attach/full",
                     "stores threads=2/spinlock-list"):
            row = rows[name]
            self.assertGreater(row["task-clock_per_op"], 0)
            self.assertLess(row["task-clock_per_op_lo"], row["task-clock_per_op_hi"])
            self.assertGreater(row["task-clock_ratio"], 0)
            self.assertGreaterEqual(row["page-faults_per_op"], 0)
            # counted, or said that they aren't; one of the two, once a run
            for event in ("cycles", "r11:u"):
                said = [line for line in err.splitlines()
                        if event in line and "not supported here" in line]
                self.assertEqual(len(said), 0 if f"{event}_per_op" in row else 1, err)
        self.assertEqual(rows["strategies/merged"]["task-clock_ratio"], 1)

    def test_raw_samples(self):
        result = self.tiny("r", "--counters", "task-clock,page-faults")
        lines = (result / "samples/000-strategies.txt").read_text().splitlines()
        blocks = [line.split() for line in lines if line.split()[1] == "B"]
        self.assertGreater(len(blocks), 0)
        for words in blocks:
            counts = [w for w in words if w.startswith("%")]
            self.assertEqual(len(counts), 2, words)
            value, enabled, running = map(int, counts[0][1:].split(":"))
            self.assertGreater(value, 0)
            self.assertEqual(enabled, running)
        notes = [line.split()[2] for line in lines if line.split()[1] == "N"]
        self.assertEqual(notes.count("event_state.0"), 5)
        self.assertEqual(notes.count("event_cost.1"), 5)

    def test_json(self):
        doc = self.json("run", TINY, "--out", "r", "-q", "--no-plots", "--json",
                        "--set", "rounds=8", "--counters", "task-clock")
        for group in doc["groups"]:
            self.assertIn(group["events"]["task-clock"], ("ok", "user mode alone"))
            self.assertEqual({r["name"] for r in group["counters"]},
                             {r["name"] for r in group["rows"]})
            for row in group["counters"]:
                self.assertGreater(row["task-clock"], 0)
                low, high = row["task-clock_interval"]
                self.assertLess(low, high)
        # who counts nothing sees nothing of it
        doc = self.json("run", TINY, "--out", "s", "-q", "--no-plots", "--json",
                        "--set", "rounds=8")
        self.assertNotIn("counters", doc["groups"][0])

    def test_plan_and_resume(self):
        run = ["run", TINY, "--seed", 5, "--counters", "task-clock:u,r1a8"]
        self.assertIn("counters of each block: task-clock:u, r1a8\n",
                      self.ok(*run, "--dry-run"))
        plan = self.json(*run, "--dry-run", "--json")
        self.assertEqual([(e["name"], e["type"], e["config"], e["user"], e["kernel"])
                          for e in plan["events"]],
                         [("task-clock:u", 1, "0x1", True, False),
                          ("r1a8", 4, "0x1a8", True, True)])
        result = self.tiny("r", "--counters", "task-clock:u,r1a8")
        self.assertEqual(json.loads((result / "plan.json").read_text()), plan)
        # a group that isn't there is measured as the plan says
        gone = result / "samples/001-attach.txt"
        gone.unlink()
        self.ok("run", "--resume", result, "-q", "--no-plots")
        blocks = [line for line in gone.read_text().splitlines() if line.split()[1] == "B"]
        self.assertTrue(all(line.count(" %") == 2 for line in blocks))
        self.refused(["run", "--resume", result, "--counters", "task-clock"],
                     "--resume", "--counters")


class Refused(Case):
    def refused(self, args, *words, **options):
        super().refused(["run", TINY, "--out", "r", *args], *words, **options)
        self.assertFalse((self.dir / "r").exists())

    def test_names(self):
        self.refused(["--counters", "cycels"], "cycels", "did you mean cycles?")
        self.refused(["--counters", "task-clock,instrucions"], "did you mean instructions?")
        self.refused(["--counters", "xyzzy"], "xyzzy", "valid: cycles, instructions",
                     "task-clock", "rHEX")
        self.refused(["--counters", "rxyz"], "rxyz", "no such event")
        self.refused(["--counters", "r10000000000000000"], "more than 64 bits")
        self.refused(["--counters", ""], "name is missing")
        self.refused(["--counters", "cycles,"], "name is missing")
        self.refused(["--counters", "cycles,cycles"], "cycles: named twice")
        # one event by two names
        self.refused(["--counters", "cycles,cpu-cycles"], "cpu-cycles: named twice")
        self.refused(["--counters", "cycles:pp"], "cycles:pp", ":uk")
        self.refused(["--counters", "cycles:h"], "cycles:h", ":uk")
        self.refused(["--counters", "task-clock,nopmu/a=1,b/"], "nopmu/a=1,b/", "no PMU nopmu",
                     "software")
        self.refused(["--counters", "software/x/"], "x: no event and no field")
        # a mode as perf writes it behind a PMU's event, and as it is written elsewhere
        for modes in ("u", "uk", ":k"):
            self.refused(["--counters", f"software/x/{modes}"], "x: no event and no field")
        self.refused(["--counters", "software/x/p"], "no such event")
        for name in ("sched:sched_switch", "duration_time"):
            self.refused(["--counters", name], name, "tracepoints and perf's own times")
        self.refused(["--counters", "x" * 200], "so long a name")
        self.refused(["--counters", ",".join(f"r{n}" for n in range(1, 18))],
                     "more than 16 events")
        self.refused(["--counters", "cycles\n;$(touch x)"], "no such event")

    def test_guests_of_other_cpus(self):
        self.refused(["--counters", "cycles:u", "--backend", "guest"],
                     "cycles:u", "--backend guest", "kernel's mode")
        self.assertIn("guest", self.ok("run", TINY, "--dry-run", "--backend", "guest",
                                       "--counters", "cycles,r11,task-clock"))
        if not MODEL:
            self.skipTest("no model of this architecture is known to the test")
        env = dict(self.env, LIBPFM_FORCE_PMU=MODEL[0])
        status, _, err = self.tool("run", TINY, "--dry-run", "--counters", MODEL[1], env=env)
        self.assertTrue(status == 0 or "may be opened" in err, err)
        if os.access("/dev/kvm", os.W_OK):
            self.skipTest("a guest may have this machine's CPU")
        self.refused(["--counters", f"r11,{MODEL[1]}", "--backend", "guest"],
                     MODEL[1], "generic", "rHEX", env=env)

    def test_not_permitted(self):
        denied = [TOOL, "run", TINY, "--out", "r", "-q", "--no-plots"]
        status, out, err = self.tool(*denied, "--counters", "task-clock,cycles", tool=DENY)
        if status == 77:
            self.skipTest(err.strip())
        self.assertEqual(status, 2, err)
        self.assertEqual(out, "")
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn("none of them may be opened", err)
        self.assertRegex(err, "sysctl kernel.perf_event_paranoid=1|seccomp filter")
        self.assertFalse((self.dir / "r").exists())
        # who doesn't ask isn't troubled
        self.assertEqual(self.tool(*denied, tool=DENY)[0], 0)


if __name__ == "__main__":
    unittest.main()
