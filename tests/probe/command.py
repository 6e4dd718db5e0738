# SPDX-License-Identifier: GPL-2.0-or-later
"""`invbench probe --backend guest`: live on a terminal, and its result."""
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cmd"))
import harness  # noqa: E402

READS = 900


class Guest(harness.Case):
    def setUp(self):
        super().setUp()
        for name in ("guest", "bpf", "bench", "kmod"):
            (self.top / name).symlink_to(harness.SOURCE / name)

    def test_live_and_kept(self):
        folder = self.dir / "r"
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [harness.TOOL, "probe", "--backend", "guest", "--interval", "0.2", "--out",
             str(folder), "--", "sh", "-c",
             f"dd if=/dev/nvme0n1 of=/dev/null bs=4k count={READS} iflag=direct; sleep 1"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, text=True,
            env=self.env, cwd=self.dir)
        self.addCleanup(self.end, process)
        os.close(theirs)
        screen = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                piece = b""
            if not piece:
                break
            screen += piece
        out, _ = process.communicate(timeout=harness.PATIENCE)
        self.assertEqual(process.returncode, 0, out + screen.decode())
        # a table in the place of the one before it
        self.assertRegex(screen.decode(), r"of the last [0-9.]+ s:")
        self.assertRegex(screen.decode(), "\033\\[[0-9]+A\033\\[J")
        self.assertRegex(out, rf"9050000\.smmuv3 +cmdq +sync +{READS} ")
        self.assertIn(f"commands: TLBI_NH_VA {READS} ", out)
        self.assertRegex(out, "a pair of probes adds [0-9.]+ .?s to a call")
        self.assertIn("emulated: counts are exact", out)
        self.assertIn("lost: nothing", out)

        kept = json.loads((folder / "probe.json").read_text())
        rows = {r["kind"]: r for r in kept["rows"]}
        self.assertEqual(rows["sync"]["calls"], READS)
        self.assertEqual(rows["inv_range"]["calls"], READS)
        self.assertEqual(rows["sync"]["commands"], 1)
        self.assertLess(0, rows["inv_range"]["queue_share"])
        self.assertLess(rows["inv_range"]["queue_share"], 1)
        self.assertLessEqual(rows["sync"]["p50_ns"], rows["sync"]["p99_ns"])
        self.assertTrue(kept["emulated"])
        self.assertEqual(kept["status"], 0)
        self.assertEqual({f["method"] for f in kept["functions"]}, {"fentry"})
        self.assertLess(0, kept["cost"]["added_ns"])
        counted = sum(n for t in kept["times"] if t["kind"] == "sync" for _, n in t["buckets"])
        self.assertEqual(counted, READS)
        raw = (folder / "samples/probe.txt").read_text()
        self.assertTrue(raw.endswith("\nend\n"))
        context = json.loads((folder / "context.json").read_text())
        self.assertEqual(context["driver"], "probe")
        self.assertTrue(re.match(r"\d+\.\d+", context["guest_kernel"]))
        self.assertIn("EMULATED", (folder / "plots/latencies.svg").read_text())

    def test_status_and_target(self):
        status, out, err = self.tool("probe", "--backend", "guest", "--target", "module",
                                     "--no-plots", "-q", "--", "true")
        self.assertEqual(status, 2, out)
        self.assertIn("invbench.ko isn't loaded", err)


if __name__ == "__main__":
    unittest.main()
