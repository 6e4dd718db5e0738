# SPDX-License-Identifier: GPL-2.0-or-later
"""`run --backend`: groups in a guest's kernel, from plan to tables."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cmd"))
import harness  # noqa: E402

JOB = """
[global]
launches = 5
rounds = 8
warmup = 64

[strategies]
op = unmap
strategy = none, merged
compare = strategy
baseline = merged

[stores]
op = unmap
store = rcu-array, srcu-array, mutex-array
strategy = merged
compare = store
"""

GUEST_ONLY = """
[global]
launches = 5
rounds = 8
warmup = 64
[attach]
op = attach
strategy = rcu-gp, merged
compare = strategy
baseline = merged
[threads]
threads = 2
store = rcu-array, spinlock-array
compare = store
"""


PROBED = """
[global]
launches = 5
rounds = 8
warmup = 64
[queues]
op = unmap
queue = lockless, spinlock
device = model
compare = queue
[attach]
op = attach
queue = lockless
device = model
strategy = merged, v9
compare = strategy
"""

STOCK = """
[global]
launches = 5
rounds = 8
warmup = 64
[map]
op = iommu-map-unmap
size = 4K, 2M
compare = size
[dma]
op = dma-map-unmap
size = 4K, 64K
compare = size
[attach]
op = iommu-attach
domains = 1, 8
compare = domains
[empty]
op = unmap
queue = lockless
ril = on
strategy = merged
store = stock, rcu-array
entries = 0
compare = store
[inv_range]
op = unmap
queue = lockless
device = mmio
ril = on
store = stock
size = 4K, 0
compare = size
"""


MMIO = """
[global]
launches = 5
rounds = 8
warmup = 64
queue = lockless
device = mmio
[strategies]
strategy = none, merged
compare = strategy
baseline = merged
[devices]
device = null, mmio
compare = device
baseline = null
[queues]
op = cmdq
queue = lockless, spinlock
compare = queue
baseline = lockless
"""


class Plan(harness.Case):
    def plan(self, text, *args):
        return self.json("run", self.job(text), "--dry-run", "--json", *args)

    def test_worlds_have_what_they_have(self):
        text = JOB.replace("rcu-array, srcu-array, mutex-array", "all")
        plan = self.plan(text, "--backend", "user,guest")
        stores = {g["backend"]: [c["name"] for c in g["cells"]]
                  for g in plan["groups"] if g["section"] == "stores"}
        self.assertIn("mutex-array", stores["user"])
        self.assertNotIn("srcu-array", stores["user"])
        self.assertIn("srcu-array", stores["guest"])
        self.assertNotIn("mutex-array", stores["guest"])
        for g in plan["groups"]:
            world = "world=user" if g["backend"] == "user" else "world=kernel"
            self.assertTrue(all(world in c["params"] for c in g["cells"]))

    def test_bad_backends(self):
        job = self.job(GUEST_ONLY)
        run = ["run", job, "--dry-run"]
        self.refused([*run, "--backend", "gest"], "did you mean guest?", "valid: user")
        self.refused([*run, "--backend", "user,user"], "named twice")
        self.refused([*run, "--backend", "guest", "--set", "world=user"], "no key of a job")
        self.refused([*run, "--backend", "guest", "--cpus", "0"], "has its own")
        self.refused([*run, "--backend", "stock"], "which spare PCI function")
        for name in ("0000:00:02", "0000:00:02.8", "0000:00:20.0", "+000:00:02.0", "x"):
            self.refused([*run, "--backend", "stock", "--spare", name], f"--spare {name}",
                         "0000:00:02.0")
        self.refused(["run", self.job(JOB), "--dry-run", "--backend", "guest"],
                     "store=mutex-array exists only in: user")

    def test_who_has_the_smmu(self):
        run = ["run", self.job(MMIO), "--dry-run"]
        self.refused(run, "device=mmio exists only in: kernel")
        self.refused([*run, "--backend", "user,guest"], "device=mmio exists only in: kernel")
        self.ok(*run, "--backend", "guest")
        self.refused([*run, "--backend", "guest", "--kernel", "amd64-6.12"],
                     "device=mmio", "amd64-6.12 has no SMMU")
        self.refused(["run", "mmio", "stock", "--dry-run", "--backend", "guest"],
                     "one SMMU", "[stores]", "[inv_range]")
        # there, each may have its own
        self.ok("run", "mmio", "stock", "--dry-run", "--backend", "kernel")


class Guest(harness.Case):
    def test_groups_of_both_worlds(self):
        out = self.dir / "r"
        # of the real top, whose module is built already
        env = dict(self.env, INVBENCH_TOP=str(harness.SOURCE))
        doc = self.json("run", self.job(GUEST_ONLY), "--backend", "user,guest", "--out", out,
                        "--json", "-q", env=env)
        rows = {g["group"]: g["rows"] for g in doc["groups"]}
        self.assertEqual(set(rows), {"attach", "attach backend=guest", "threads",
                                     "threads backend=guest"})
        for name, group in rows.items():
            emulated = "guest" in name
            for row in group:
                self.assertGreater(row["ns"], 0, f"{name} {row}")
                self.assertEqual("emulated" in row["marks"], emulated, f"{name} {row}")
                if emulated:
                    self.assertIsNone(row["rank"])
            self.assertEqual(any(r["rank"] for r in group), not emulated, name)
        # no picture of an emulator's times
        pictures = [p.name for p in (out / "plots").glob("*.svg")]
        self.assertTrue(any("threads" in p or "attach" in p for p in pictures), pictures)
        self.assertFalse([p for p in pictures if "guest" in p])
        # a grace period costs what it costs in a kernel, not in liburcu
        gp = {r["name"]: r["ns"] for r in rows["attach backend=guest"]}
        self.assertGreater(gp["rcu-gp"], 20 * gp["merged"])
        # judged again from the samples that are kept, the console beside them
        again = json.loads((out / "plan.json").read_text())
        self.assertEqual([g["emulated"] for g in again["groups"]], [False, True] * 2)
        self.assertIn("invbench: loading out-of-tree module",
                      (out / "console.log").read_text())
        self.refused(["choose", out], "not an emulator's", env=env)

    def test_counters(self):
        env = dict(self.env, INVBENCH_TOP=str(harness.SOURCE))
        out = self.dir / "r"
        status, text, err = self.tool("run", self.job(GUEST_ONLY), "--backend", "guest",
                                      "--counters", "cycles,task-clock,ref-cycles",
                                      "--out", out, "--json", "-q", env=env)
        self.assertEqual(status, 0, err)
        # no Arm PMU counts reference cycles; said once
        self.assertEqual([line for line in err.splitlines() if "ref-cycles" in line],
                         ["invbench: guest: ref-cycles: not supported here (no PMU, or it "
                          "lacks this event); measured without"], err)
        for group in json.loads(text)["groups"]:
            self.assertEqual(group["events"], {"cycles": "ok", "task-clock": "ok",
                                               "ref-cycles": "not supported here"})
            for row in group["counters"]:
                self.assertNotIn("ref-cycles", row)
        lines = (out / "samples/000-attach_backend_guest.txt").read_text().splitlines()
        blocks = [line.split() for line in lines if line.split()[1] == "B"]
        self.assertGreater(len(blocks), 0)
        for words in blocks:
            cycles, clock = (int(w[1:].split(":")[0]) for w in words if w[0] == "%"
                             and not w.startswith("%0:0:0"))
            self.assertGreater(cycles, 0)
            self.assertGreater(clock, 0)

    def test_probes(self):
        """Each list of the module's cells is seen, by name; attaches' lists too."""
        env = dict(self.env, INVBENCH_TOP=str(harness.SOURCE))
        out = self.dir / "r"
        doc = self.json("run", self.job(PROBED), "--backend", "guest", "--probe", "--out", out,
                        "--json", "-q", "--no-plots", env=env)
        lines = (out / "samples/000-queues_backend_guest.txt").read_text().splitlines()
        ops = {}
        for words in (line.split() for line in lines):
            if len(words) > 5 and words[1] == "B":
                ops[int(words[4])] = ops.get(int(words[4]), 0) + int(words[5])
        cells = json.loads((out / "plan.json").read_text())["groups"][0]["cells"]
        probed = {r["name"]: r for r in doc["groups"][0]["probed"]}
        for i, cell in enumerate(cells):
            row = probed[cell["name"]]
            self.assertEqual(row["syncs"], 0 if cell["name"] == "floor" else ops[i], row)
        for row in doc["groups"][1]["probed"]:
            if row["name"] != "floor":
                self.assertGreater(row["syncs"], 0)

    def test_stock_driver(self):
        env = dict(self.env, INVBENCH_TOP=str(harness.SOURCE))
        doc = self.json("run", self.job(STOCK), "--backend", "guest", "--out",
                        self.dir / "r", "--json", "-q", env=env)
        ns = {g["group"].split()[0]: {r["name"]: r["ns"] for r in g["rows"]}
              for g in doc["groups"]}
        for group, names in (("map", "4K 2M"), ("dma", "4K 64K"), ("attach", "1 8"),
                             ("empty", "stock rcu-array"), ("inv_range", "4K 0")):
            for name in names.split():
                self.assertGreater(ns[group][name], 0, f"{group} {name}")


harness.PATIENCE = 500

if __name__ == "__main__":
    unittest.main()
