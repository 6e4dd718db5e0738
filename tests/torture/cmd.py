# SPDX-License-Identifier: GPL-2.0-or-later
"""invbench torture from outside: exit statuses, lists, JSON, bad input, Ctrl-C."""
import json
import pathlib
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cmd"))
from harness import Case  # noqa: E402


class Torture(Case):
    def test_bad_input(self):
        self.refused(["torture", "x"], "'x'", "options only")
        self.refused(["torture", "--bogus"], "--bogus")
        self.refused(["torture", "--store", "rcu-arry"], "--store", "did you mean rcu-array?")
        self.refused(["torture", "--strategy", "x,y"], "--strategy", "'x'", "merged")
        self.refused(["torture", "--busted", "busted"], "--busted", "busted-last")
        self.refused(["torture", "--seconds", "0"], "--seconds", "1 to 3600")
        self.refused(["torture", "--threads=99"], "--threads", "2 to 32")
        self.refused(["torture", "--seed=x"], "--seed", "whole number")
        self.refused(["torture", "--store=rwlock-array", "--strategy=merged"],
                     "'rwlock-array'", "'merged'")

    def test_list(self):
        cases = self.json("torture", "--list", "--json")
        stores = {c["store"] for c in cases}
        self.assertLessEqual({"rcu-array", "rcu-array-delayed", "rcu-array-repaired",
                              "devices-list", "busted-last", "busted-order"}, stores)
        self.assertFalse({"unsync-array", "unsync-list"} & stores)
        few = self.json("torture", "--list", "--json", "--busted", "all")
        self.assertTrue(all(c["busted"] for c in few))
        self.assertIn("busted-order", self.ok("torture", "--list"))

    def test_report(self):
        out = self.ok("torture", "--seconds", 1, "--store=cache-tags", "--seed", 7)
        self.assertIn("torture: seed 7, 4 threads, 1 s each", out)
        self.assertRegex(out, r"\ncache-tags +own +clean +[1-9]")
        self.assertIn("fine: 1 clean, 0 with findings, 0 with violations", out)

    def test_json(self):
        run = self.json("torture", "--seconds", 1, "--store=rcu-array-repaired",
                        "--strategy=recheck", "--busted=busted-last", "--json")
        self.assertFalse(run["failed"])
        sound, busted = run["cases"]
        self.assertEqual(sound["verdict"], "clean")
        self.assertEqual(sum(sound["found"].values()), 0)
        self.assertGreater(sound["unmaps"], 0)
        self.assertEqual(busted["verdict"], "caught")
        self.assertTrue(any(busted["first"].values()))
        self.assertLess(busted["seconds"], 1)

    def test_finding(self):
        """Fine as it is known; asked for, it fails."""
        for _ in range(10):
            status, out, _ = self.tool("torture", "--seconds", 3, "--store=rcu-array-delayed",
                                       "--strategy=merged", "--json", "--strict")
            case = json.loads(out)["cases"][0]
            self.assertEqual(status, case["verdict"] == "finding")
            if status:
                break
        self.assertEqual(status, 1)
        self.assertGreater(case["found"]["atc-after-detach"], 0)

    def test_interrupted(self):
        start = time.monotonic()
        p = self.start("torture", "--seconds", 60)
        self.wait_for(lambda: time.monotonic() > start + 2)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 0, err)
        self.assertIn("rcu-array ", out)
        self.assertIn("; stopped", out)
        self.assertLess(time.monotonic() - start, 50)


if __name__ == "__main__":
    unittest.main()
