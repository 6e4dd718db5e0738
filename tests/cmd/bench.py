# SPDX-License-Identifier: GPL-2.0-or-later
"""bench: the cells under Google Benchmark's own loop and flags."""
import json
import unittest

from harness import Case, TINY


class Bench(Case):
    def test_list(self):
        out = self.ok("bench", "--benchmark_list_tests", TINY)
        names = out.split("\n")[:-1]
        self.assertIn("strategies/merged/real_time", names)
        # no control of rounds, no cell that is not the subject's
        self.assertFalse([n for n in names if "/same" in n or "/twin" in n or
                          "/floor" in n])
        out = self.ok("bench", "--benchmark_list_tests",
                      "--benchmark_filter=^attach/", TINY)
        self.assertEqual([n.split("/")[1] for n in out.split("\n")[:-1]],
                         ["none", "merged", "full"])
        out = self.ok("bench", "--benchmark_list_tests",
                      "--set=strategy=v9,merged",
                      "--benchmark_filter=strategies", TINY)
        self.assertEqual(out.split("\n")[:-1], ["strategies/v9/real_time",
                                               "strategies/merged/real_time"])

    def test_measured(self):
        doc = self.json("bench", "--benchmark_filter=/(merged|rcu-array)/",
                        "--benchmark_format=json", "--benchmark_min_time=0.01",
                        TINY)
        self.assertEqual(doc["context"]["driver"], "gbench")
        self.assertEqual(doc["context"]["job"], "tiny")
        rows = {b["name"]: b for b in doc["benchmarks"]}
        self.assertEqual(len(rows), 4)
        for row in rows.values():
            self.assertGreater(row["real_time"], 0)
            self.assertGreater(row["iterations"], 0)
        self.assertEqual({b["threads"] for b in rows.values()}, {1, 2})

    def test_out_file_and_repetitions(self):
        self.ok("bench", "--benchmark_filter=strategies/none",
                "--benchmark_min_time=0.01", "--benchmark_repetitions=3",
                "--benchmark_out=o.json", "--benchmark_out_format=json", TINY)
        doc = json.loads((self.dir / "o.json").read_text())
        kinds = [b["run_type"] for b in doc["benchmarks"]]
        self.assertEqual(kinds.count("iteration"), 3)
        self.assertGreaterEqual(kinds.count("aggregate"), 3)

    def test_nothing_matches(self):
        self.refused(["bench", "--benchmark_filter=nothing-has-this-name",
                      TINY], "nothing-has-this-name")

    def test_help(self):
        out = self.ok("bench", "--help")
        self.assertIn("--benchmark_filter", out)
        self.assertIn("--set=KEY=VALUE", out)


if __name__ == "__main__":
    unittest.main()
