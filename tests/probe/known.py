# SPDX-License-Identifier: GPL-2.0-or-later
"""The histogram of a known sequence, through BPF, is the sequence's own; and refusals."""
import os
import re
import subprocess
import sys
import unittest

PROBE = os.environ["PROBE"]
FIRES = os.environ["FIRES"]
COUNT = 20000


def probe(*words, **more):
    return subprocess.run([PROBE, *words], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=100, check=False, **more)


def bucket_of(value):
    """As cmdq_sync.h has it, by another way: 16 buckets an octave."""
    if value < 16:
        return value
    octave = value.bit_length() - 1
    return (octave - 3) * 16 + (value * 16 >> octave) - 16


def low_of(bucket):
    return bucket if bucket < 16 else (16 + bucket % 16) << (bucket // 16 - 1)


def counts(words):
    return {int(i): int(n) for i, n in (w.split(":") for w in words)}


class Known(unittest.TestCase):
    def test_histogram(self):
        got = probe("--no-cost", "--target", f"worker:{FIRES}", "--cells", "2", "--",
                    FIRES, str(COUNT))
        self.assertEqual(got.returncode, 0, got.stdout + got.stderr)
        self.assertIn("\nstatus 0\nend\n", got.stdout)
        self.assertNotIn("\nlost ", got.stdout)
        exact = {"sync": [], "nosync": []}
        commands = {}
        for i in range(COUNT):
            exact["sync" if i % 3 else "nosync"].append((i * i % 1000003, i % 100 == 0))
            commands[i % 65] = commands.get(i % 65, 0) + 1
        seen = {"commands": {}}
        for line in got.stdout.splitlines():
            words = line.split()
            if words[0] == "time":
                self.assertEqual(words[1], "1")  # the first cell's
                kind = seen.setdefault(words[3], [{}, 0, 0, 0, 0])
                for b, n in counts(words[8:]).items():
                    kind[0][b] = kind[0].get(b, 0) + n
                kind[1] += int(words[4])
                kind[2] = max(kind[2], int(words[5]))
                kind[3] += int(words[6])
                kind[4] += int(words[7])
            elif words[0] == "commands":
                for n, lists in counts(words[3:]).items():
                    seen["commands"][n] = seen["commands"].get(n, 0) + lists
        for kind, values in exact.items():
            buckets = {}
            for value, _ in values:
                b = bucket_of(value)
                buckets[b] = buckets.get(b, 0) + 1
            late = sum(1 for _, timed_out in values if timed_out)
            self.assertEqual(seen[kind],
                             [buckets, sum(v for v, _ in values), max(v for v, _ in values),
                              late, late])
            # p99 from the buckets is the sequence's own within 5 %
            ordered = sorted(v for v, _ in values)
            true = ordered[(len(ordered) * 99 + 99) // 100 - 1]
            below = 0
            for b in sorted(buckets):
                below += buckets[b]
                if below >= 0.99 * len(ordered):
                    break
            middle = (low_of(b) + low_of(b + 1) - 1) / 2
            self.assertLess(abs(middle / true - 1), 0.05)
        self.assertEqual(seen["commands"], commands)

    def test_stubborn_command(self):
        """One that neither goes on nor ends is ended all the same."""
        got = probe("--no-cost", "--target", f"worker:{FIRES}", "--interval", "0.05",
                    "--duration", "0.3", "--", "sh", "-c", "trap '' TERM; kill -STOP $$")
        self.assertEqual(got.returncode, 0, got.stdout + got.stderr)
        self.assertTrue(got.stdout.endswith("\nend\n"), got.stdout)
        self.assertNotIn("status", got.stdout)

    def test_cost(self):
        got = probe("--target", f"worker:{FIRES}", "--", FIRES, "1")
        self.assertEqual(got.returncode, 0, got.stdout + got.stderr)
        added, inside = re.search("^cost usdt ([0-9.]+) ([0-9.]+)$", got.stdout, re.M).groups()
        self.assertLess(0, float(added))
        self.assertEqual(float(inside), 0)

    def refused(self, got, pattern):
        self.assertEqual(got.returncode, 2, got.stdout)
        lines = [line for line in got.stdout.splitlines() if line.startswith("error ")]
        self.assertEqual(len(lines), 1, got.stdout)
        self.assertRegex(lines[0], pattern)

    def test_no_function(self):
        with open("/proc/kallsyms", encoding="ascii") as f:
            if re.search(r" arm_smmu_cmdq_issue_cmdlist\b", f.read()):
                self.skipTest("this kernel has the driver")
        self.refused(probe(), r"arm_smmu_cmdq_issue_cmdlist\(\): not in the kernel's BTF")

    def test_no_module(self):
        if os.path.exists("/sys/module/invbench"):
            self.skipTest("the module is loaded")
        self.refused(probe("--target", "module"), "invbench.ko isn't loaded")

    def test_no_usdt(self):
        self.refused(probe("--target", "worker:/bin/true"), "no USDT of ours in /bin/true")
        self.refused(probe("--target", "worker:/none"), "no USDT of ours in /none")

    def test_not_root(self):
        self.refused(probe("--target", f"worker:{FIRES}", user=65534), "it takes root")

    def test_usage(self):
        for words in (["--target", "a"], ["--method", "a"], ["--duration", "-1"],
                      ["--interval", "x"], ["--queues", "0"], ["--cells", "100000"], ["--x"]):
            got = probe(*words)
            self.assertNotEqual(got.returncode, 0, words)
            self.assertEqual(got.stdout, "")
            self.assertIn(words[-1] if len(words) > 1 else "--x", got.stderr)


if __name__ == "__main__":
    if os.geteuid():
        print("BPF programs take root")
        sys.exit(77)
    unittest.main()
