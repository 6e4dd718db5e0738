# SPDX-License-Identifier: GPL-2.0-or-later
"""`torture --backend guest`: four virtual CPUs on whatever the host has."""
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cmd"))
import harness  # noqa: E402

BUSTED = ("last", "load-first", "no-sync", "atc-first", "order", "early-unref", "no-flush",
          "no-lock", "no-cfgi", "torn")


class Torture(harness.Case):
    def setUp(self):
        super().setUp()
        self.env = dict(os.environ, INVBENCH_TOP=str(harness.SOURCE))

    def test_kernel(self):
        out = self.ok("torture", "--backend", "guest", "--seconds", 3, "--strategy", "merged,own",
                      "--store", "rcu-array,rcu-array-delayed,rcu-array-repaired,srcu-array,"
                      "rwlock-list", "--busted", "all", env=self.env)
        print(out)
        cases = dict(re.findall(r"(?m)^([a-z-]+) +(?:merged|own) +(.*(?:\n    .*)*)", out))
        for bug in BUSTED:
            self.assertRegex(cases[f"busted-{bug}"], "^caught .*\n    [a-z-]+ after")
        # the two arrays of a reader and of a detach, where they are forced
        self.assertRegex(cases["rcu-array-delayed"],
                         r"^finding (?:.*\n)+    atc-after-detach: [1-9]")
        self.assertNotIn("atc-after-detach", cases["rcu-array-repaired"])
        self.assertRegex(cases["rwlock-list"], "^clean +[1-9]")
        self.assertIn("srcu-array", cases)
        self.assertIn("0 with violations", out)

    def test_names_of_the_kernels(self):
        self.refused(["torture", "--backend", "guest", "--store", "srcu-aray"],
                     "--store", "did you mean srcu-array?", env=self.env)

    def test_bad_input(self):
        self.refused(["torture", "--backend", "gest"], "gest", "user or guest")
        self.refused(["torture", "--backend", "guest", "--json"], "no --json")
        self.refused(["torture", "--backend", "guest", "--list"], "no --list")
        self.refused(["torture", "--backend", "guest", "--store", "x y"], "no such value")


harness.PATIENCE = 500

if __name__ == "__main__":
    unittest.main()
