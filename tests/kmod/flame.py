# SPDX-License-Identifier: GPL-2.0-or-later
"""`flame --backend guest`: the module's cells, and the stock driver, by our sampler."""
import json
import pathlib
import sys
import unittest
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cmd"))
import harness  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


def stacks(path):
    """Of a folded file: {(outer, ..., inner): count}."""
    found = {}
    for line in path.read_text().splitlines():
        names, count = line.rsplit(" ", 1)
        found[tuple(names.split(";"))] = int(count)
    return found


def frames(path):
    return [g.get("data-n") for g in ET.parse(path).iter(SVG + "g") if g.get("class") == "f"]


class Guest(harness.Case):
    def setUp(self):
        super().setUp()
        for name in ("guest", "kmod", "bench", "bpf"):
            (self.top / name).symlink_to(harness.SOURCE / name)

    def flame(self, *args):
        status, out, err = self.patient("flame", *args, "--backend", "guest", "--json",
                                        "--out", self.dir / "r")
        self.assertEqual(status, 0, err)
        doc = json.loads(out)
        self.assertEqual(doc["lost"], 0)
        where = pathlib.Path(doc["result"])
        context = json.loads((where / "context.json").read_text())
        self.assertEqual(context["emulated"], doc["emulated"])
        self.assertTrue(context["guest_kernel"])
        if doc["emulated"]:
            for name in [n for n in doc["files"] if n.endswith(".svg")]:
                self.assertIn("EMULATED", (where / name).read_text())
        return doc, where

    def patient(self, *args):
        process = self.start(*args)
        out, err = process.communicate(timeout=550)
        return process.returncode, out, err

    def test_cell(self):
        doc, where = self.flame("queue=lockless,device=model", "--duration", 3)
        found = stacks(where / doc["files"][0])
        names = {n for s in found for n in s}
        self.assertIn("arm_smmu_cmdq_issue_cmdlist_lockless_model_[invbench]", names)
        # from the module's own debugging information
        self.assertIn("__arm_smmu_cmdq_issue_cmdlist_[i]", names)
        self.assertIn("smmu_walk_faithful_[i]", names)
        # and the kernel round it
        self.assertIn("kthread_[k]", names)
        self.assertEqual({s[0] for s in found}, {"invbench"})
        ours = sum(n for s, n in found.items() if any("[invbench]" in x for x in s))
        self.assertGreater(ours, sum(found.values()) * 0.9)
        drawn = frames(where / doc["files"][1])
        self.assertIn("arm_smmu_cmdq_issue_cmdlist_lockless_model_[invbench]", drawn)

    def test_difference(self):
        # a sample falls where interrupts are let in: longer, until the queues have some
        for seconds in (3, 6, 12):
            doc, where = self.flame("queue=lockless,device=model", "--against",
                                    "queue=spinlock,device=model", "--duration", seconds,
                                    "--top", 1000)
            a, b = (stacks(where / f"flame/queue-{q}.folded") for q in ("lockless", "spinlock"))
            seen = [[n for s in found for n in s if f"cmdlist_{name}" in n]
                    for name, found in (("lockless", a), ("spinlock", b))]
            if all(seen):
                break
        self.assertTrue(all(seen), seen)
        for mine, other in (("lockless", b), ("spinlock", a)):
            self.assertFalse([n for s in other for n in s if f"cmdlist_{mine}" in n])
        for row in doc["changes"]:
            if row["a_percent"] == 0:
                self.assertGreater(row["change_ns"], 0)
        self.assertIn("unmap_[invbench]", frames(where / "flame/differential.svg"))

    def test_stock_driver_in_a_thread(self):
        doc, where = self.flame("op=dma-map-unmap", "--duration", 3)
        names = {n for s in stacks(where / doc["files"][0]) for n in s}
        for name in ("__arm_smmu_cmdq_issue_cmdlist_[k]", "__arm_smmu_domain_inv_range_[k]"):
            self.assertIn(name.lstrip("_"), {n.lstrip("_") for n in names})

    def test_stock(self):
        doc, where = self.flame("stock", "--duration", 6)
        found = stacks(where / "flame/stock.folded")
        names = {n for s in found for n in s}
        self.assertIn("nvme_queue_rq_[nvme]", names)
        self.assertIn("dd", {s[0] for s in found})
        self.assertTrue([n for n in names if n.startswith("arm_smmu_")])
        # the names of a module's functions end before its veneers
        self.assertFalse([n for n in names if n.startswith("cleanup_module")])
        # the picture of its own has the driver in each stack
        drawn = frames(where / "flame/driver.svg")
        self.assertTrue([n for n in drawn if n.startswith("arm_smmu_")])
        self.assertLess(len(drawn), len(frames(where / "flame/stock.svg")))
        self.assertEqual(len(doc["cells"]), 1)

    def test_refused(self):
        self.refused(["flame", "stock", "--backend", "guest", "--against", "queue=none"],
                     "stock", ".folded")
        self.refused(["flame", "stock", "--backend", "guest", "--kernel", "amd64-6.12"],
                     "amd64-6.12", "no SMMU")
        self.refused(["flame", "op=iommu-attach,threads=2", "--backend", "guest"], "threads=2")


if __name__ == "__main__":
    unittest.main()
