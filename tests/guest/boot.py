# SPDX-License-Identifier: GPL-2.0-or-later
"""`invbench guest` with a real kernel in a real QEMU, and what becomes of both."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cmd"))
from harness import SOURCE, TOOL, Case, alive, children  # noqa: E402

KERNEL = "arm64-7.3"
SKIPPED = 77


def fetch():
    """The kernel in the cache, or the reason why it can't be had."""
    done = subprocess.run([TOOL, "guest", "fetch", KERNEL], text=True,
                          env=dict(os.environ, INVBENCH_TOP=str(SOURCE)),
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          check=False)
    return done.returncode, done.stderr.strip()


class Guest(Case):
    def setUp(self):
        super().setUp()
        self.env = dict(os.environ, INVBENCH_TOP=str(SOURCE), TMPDIR=str(self.dir))

    def run_in(self, *words, options=()):
        return self.tool("guest", "run", "--bare", "--kernel", KERNEL, *options,
                         "--", *words)

    def assert_nothing_left(self):
        self.assertEqual([p.name for p in self.dir.iterdir()
                          if p.name.startswith("invbench-guest")], [])

    def refused_in(self, words, *what, options=(), status=2):
        got, out, err = self.run_in(*words, options=options)
        self.assertEqual(got, status, err)
        self.assertEqual(err.count("\n"), 1, err)
        for word in what:
            self.assertIn(word, err)
        self.assert_nothing_left()
        return out

    def started(self, *words, marker):
        """A command that runs until it is ended, once its marker came; QEMU's pid."""
        process = self.start("guest", "run", "--bare", "--kernel", KERNEL, "--",
                             "sh", "-c", f"echo {marker}; " + " ".join(words))
        self.assertEqual(process.stdout.readline().strip(), marker)
        qemu = children(process.pid)
        self.assertEqual(len(qemu), 1)
        return process, qemu[0]


class Boots(Guest):
    def test_boot(self):
        out = self.ok("guest", "boot", "--bare", "--kernel", KERNEL,
                      "--console", "console")
        self.assertRegex(out, rf"^{KERNEL}: up in \d+\.\d s, (emulated|by KVM)\n$")
        self.assertIn("Power down", (self.dir / "console").read_text())
        self.assert_nothing_left()

    def test_run(self):
        """More output than any buffer holds, odd words, a module, a file, a device."""
        (self.dir / "a file").write_text("data\n")
        odd = ["$(reboot)", "a b", "'\"", "*", "-x", ";poweroff", "", "a\tb", "", ""]
        script = ("head -c 4194304 /dev/zero | tr '\\0' x; echo; "
                  "cat '/etc/a file' /proc/modules /sys/bus/pci/devices/*/vendor; "
                  "printf '<%s>' \"$@\"; echo to the console >&2; exit 3")
        status, out, err = self.run_in(
            "sh", "-c", script, "name", *odd,
            options=["--load", "nvme", "--file", "a file=/etc/", "--qemu=-device",
                     "--qemu=edu", "--console", "console"])
        self.assertEqual((status, err), (3, ""))
        large, data, rest = out.split("\n", 2)
        self.assertEqual(large, "x" * 4194304)
        self.assertEqual(data, "data")
        self.assertRegex(rest, r"(?m)^nvme_core .* nvme,")
        self.assertIn("0x1234\n", rest)
        self.assertTrue(rest.endswith("".join(f"<{w}>" for w in odd)), rest)
        self.assertIn("to the console", (self.dir / "console").read_text())
        self.assert_nothing_left()


class Extras(Guest):
    def needs_extras(self):
        default = pathlib.Path(os.environ.get("XDG_CACHE_HOME",
                                              pathlib.Path.home() / ".cache"), "invbench")
        cache = pathlib.Path(os.environ.get("INVBENCH_CACHE", default))
        if not (cache / "extras" / "arm64" / "stamp").exists():
            self.skipTest("guest fetch --extras first: it is 100 MB")

    def test_fio(self):
        """Four reads at a time from each of two processes, which dd can't."""
        self.needs_extras()
        status, out, err = self.run_in(
            "chroot", "/extras", "/usr/bin/fio", "--name=a", "--filename=/dev/nvme0n1",
            "--rw=randread", "--bs=4k", "--direct=1", "--ioengine=libaio", "--iodepth=4",
            "--numjobs=2", "--number_ios=500", "--group_reporting",
            "--output-format=json",
            options=["--extras", "--load", "nvme", "--qemu=-blockdev",
                     "--qemu=driver=null-co,node-name=n0,size=67108864,read-zeroes=on",
                     "--qemu=-device", "--qemu=nvme,drive=n0,serial=x1"])
        self.assertEqual((status, err), (0, ""), out)
        job, = json.loads(out)["jobs"]
        self.assertEqual((job["error"], job["read"]["total_ios"]), (0, 1000))
        self.assertGreater(job["iodepth_level"]["4"], 50)
        self.assert_nothing_left()

    def test_probe_cost(self):
        """Its script: nothing adds no instruction, and tracers count each call."""
        self.needs_extras()
        out = self.ok("guest", "run", "--kernel", KERNEL, "--icount", "--extras", "--probe",
                      "--append", "nokaslr", "--qemu=-device", "--qemu=edu,addr=0x1e",
                      "--file", f"{SOURCE / 'guest' / 'probe-cost.sh'}=bin/probe-cost",
                      "--", "sh", "/bin/probe-cost",
                      "store=stock queue=lockless ril=on device=null", "64", "8",
                      "none", "ours", "funclatency-kprobe")
        lines = [line.split() for line in out.splitlines()]
        self.assertEqual([w[1] for w in lines if w[0] == "visit"],
                         ["none", "ours", "funclatency-kprobe"])
        self.assertEqual([w[1:] for w in lines if w[0] == "counted"],
                         [["704", "of", "704"]] * 2)
        least = [(w[0], min(map(int, w[1:]))) for w in lines
                 if w[0] in ("before", "with", "after")]
        alone = least[0][1]
        added = [ns - alone for state, ns in least if state == "with"]
        self.assertEqual({ns for state, ns in least if state != "with"}, {alone})
        self.assertEqual(added[0], 0)
        self.assertGreater(added[1], 0)
        self.assertGreater(added[2], 0)

    def test_no_9p(self):
        """A kernel of the user's that can't mount them."""
        tree = self.dir / "tree"
        (tree / "arch/arm64/boot").mkdir(parents=True)
        for name in ("Makefile", "Module.symvers", "arch/arm64/boot/Image"):
            (tree / name).touch()
        (tree / ".config").write_text("".join(
            f"CONFIG_{o}=y\n" for o in (
                "ARM64", "MODULES", "BLK_DEV_INITRD", "DEVTMPFS", "TMPFS", "DEBUG_FS",
                "PCI", "VIRTIO_PCI", "VIRTIO_CONSOLE", "SERIAL_AMBA_PL011_CONSOLE")))
        self.env["INVBENCH_MIRROR"] = "http://127.0.0.1:9/debian"
        status, _, err = self.tool("guest", "run", "--bare", "--extras", "--kernel",
                                   str(tree), "--", "true")
        self.assertEqual(status, 2, err)
        self.assertRegex(err, "no module '9pnet_virtio'|the mirror doesn't answer")


class Ends(Guest):
    def test_panics(self):
        self.refused_in(["sh", "-c", "echo c >/proc/sysrq-trigger"],
                        "panicked", "sysrq triggered crash")

    def test_hangs(self):
        out = self.refused_in(["sh", "-c", "echo begun; sleep 600"],
                              "hung: no end within 3 s", options=["--timeout", "3"])
        self.assertEqual(out, "begun\n")

    def test_kernel_complains(self):
        out = self.refused_in(["sh", "-c",
                               "echo '<4>WARNING: CPU: 0 at planted' >/dev/kmsg; echo x"],
                              "complains", "WARNING: CPU: 0 at planted", status=1)
        self.assertEqual(out, "x\n")

    def test_ctrl_c(self):
        process, qemu = self.started("sleep 600", marker="up")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 2)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertFalse(alive(qemu))
        self.assert_nothing_left()

    def test_killed(self):
        process, qemu = self.started("sleep 600", marker="up")
        process.kill()
        process.wait()
        self.wait_for(lambda: not alive(qemu), 10)
        self.assert_nothing_left()


class Refuses(Guest):
    def test_options(self):
        for words, what in (
                (["--cpus", "0"], "--cpus 0"),
                (["--cpus", "x"], "--cpus x"),
                (["--memory", "1"], "--memory 1"),
                (["--accel", "fast"], "auto, kvm or tcg"),
                (["--file", "x"], "FILE=PLACE"),
                (["--kernel", "nonsense"], KERNEL),
                (["--kernel", "./nowhere"], "no kernel tree"),
                (["--load", "nonsense"], "nonsense"),
                (["--qemu=-nonsense"], "QEMU failed"),
                (["--console", "nowhere/x"], "nowhere/x")):
            with self.subTest(words=words):
                self.refused(["guest", "boot", "--bare", *words], what)
                self.assert_nothing_left()
        self.refused(["guest", "run"], "which command")
        self.refused(["guest", "nonsense"], "nonsense")
        self.refused(["guest", "boot", "nonsense"], "nonsense")
        self.refused(["guest", "clean", "nonsense"], "nonsense")
        self.refused(["guest", "boot", "--nonsense"], "nonsense")
        self.refused(["guest", "fetch", "nonsense"], KERNEL)

    def test_no_qemu(self):
        programs = self.dir / "bin"
        programs.mkdir()
        for folder in ("/usr/bin", "/bin", "/usr/sbin", "/sbin"):
            for program in pathlib.Path(folder).iterdir():
                link = programs / program.name
                if not re.match("qemu-system", program.name) and not link.is_symlink():
                    link.symlink_to(program)
        self.refused(["guest", "boot", "--bare"], "no qemu-system-aarch64",
                     "install qemu-system-arm",
                     env=dict(self.env, PATH=str(programs)))
        self.assert_nothing_left()


if __name__ == "__main__":
    STATUS, WHY = fetch()
    if STATUS:
        print(WHY)
        sys.exit(SKIPPED if "mirror doesn't answer" in WHY else 1)
    unittest.main()
