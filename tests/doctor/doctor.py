# SPDX-License-Identifier: GPL-2.0-or-later
"""invbench doctor: on records of machines, made and recorded, and on this one."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "cmd"))
from harness import SOURCE, Case, TOOL

HERE = pathlib.Path(__file__).parent
MADE = (HERE / "made-server.record").read_text()
RECORDED = (HERE / "recorded-guest-passthrough.record").read_text()
SCRIPT = SOURCE / "bench/doctor/record.sh"
SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

# the made server once it was told everything that the doctor advises
READY = (MADE.replace("=0600000001", "=0600000000")
         .replace("none [integrity]", "[none] integrity")
         .replace("\tidentity", "\tDMA")
         .replace("iommu.passthrough=1", "iommu.passthrough=0")
         .replace("paranoid\n\t3", "paranoid\n\t1")
         .replace("?kallsyms\n", "?kallsyms\n\tffff800080a03000 T arm_smmu_domain_inv_range\n")
         + "?program gnuplot\n\tgnuplot 5.4\n?membarrier\n\tprivate expedited\n")


class Report:
    def __init__(self, found):
        self.found = found
        self.rows = {}
        for row in found["checks"]:
            assert row["name"] not in self.rows, f"twice: {row['name']}"
            self.rows[row["name"]] = row
        self.commands = {c["command"]: c for c in found["commands"]}

    def __getitem__(self, name):
        return self.rows[name]

    def verdict(self, name):
        return self.rows[name]["verdict"]

    def works(self, command):
        return self.commands[command]["works"]


class Doctor(Case):
    def report(self, *args, **options):
        return Report(self.json("doctor", "--json", *args, **options))

    def of(self, text):
        """What it says of a record."""
        path = self.dir / "machine.record"
        path.write_text(text)
        return self.report("--from", path)

    def changed(self, *changes, text=MADE):
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.of(text)

    def remedies(self, report):
        """Each no has one, and so has what a command lacks."""
        for row in report.found["checks"]:
            self.assertIn(row["verdict"], ("yes", "partly", "no", "?", "-"))
            self.assertTrue(row["detail"], row)
            if row["verdict"] in ("no", "partly"):
                self.assertTrue(row["remedy"], row)
            if row["verdict"] == "yes":
                self.assertIsNone(row["remedy"], row)
        for command in report.found["commands"]:
            self.assertEqual(command["works"] == "yes", command["lacks"] is None, command)


class Made(Doctor):
    def test_smmus(self):
        r = self.of(MADE)
        self.assertEqual(r.verdict("stock driver"), "yes")
        first = r["SMMUv3 arm-smmu-v3.0.auto"]["values"]
        self.assertEqual(first["iommu"], "smmu3.0x000000002b400000")
        self.assertEqual(first["features"], 0x001e1fef)
        self.assertEqual((first["ias"], first["oas"]), (48, 48))
        self.assertEqual((first["cmdq"], first["evtq"], first["priq"]), (65536, 32768, 65536))
        self.assertEqual(first["devices"], 2)
        self.assertEqual(first["feature_names"],
                         "2_LVL_STRTAB 2_LVL_CDTAB TT_LE TT_BE ATS SEV MSI COHERENCY TRANS_S1 "
                         "TRANS_S2 STALLS HYP SVA E2H NESTING ATTR_TYPES_OVR".split())
        self.assertIn("by MSI", r["SMMUv3 arm-smmu-v3.0.auto"]["detail"])
        second = r["SMMUv3 arm-smmu-v3.1.auto"]["values"]
        self.assertEqual((second["ias"], second["oas"], second["cmdq"]), (44, 44, 256))
        self.assertEqual(second["option_names"], ["SKIP_PREFETCH"])
        self.assertIn("polling CONS", r["SMMUv3 arm-smmu-v3.1.auto"]["detail"])
        # counters aren't SMMUs
        self.assertEqual([n for n in r.rows if n.startswith("SMMUv3 ")],
                         ["SMMUv3 arm-smmu-v3.0.auto", "SMMUv3 arm-smmu-v3.1.auto"])
        self.assertEqual(r["SMMU counters"]["values"],
                         ["smmuv3_pmcg_2b442", "smmuv3_pmcg_2b462"])

    def test_every_bit(self):
        r = self.changed(("0x001e1fef", "0xffffffff"))
        names = r["SMMUv3 arm-smmu-v3.0.auto"]["values"]["feature_names"]
        self.assertEqual(len(names), 32)
        self.assertEqual(names[15], "RANGE_INV")
        self.assertEqual(names[26:28], ["DS", "bit-27"])

    def test_completion(self):
        for features, disabled, how in ((0x180, "", "by MSI"), (0x80, "", "by polling CONS"),
                                        (0x40, "", "by polling CONS with WFE"),
                                        (0x1c0, "Y", "by polling CONS with WFE"),
                                        (0x1c0, "N", "by MSI")):
            text = MADE.replace("0x001e1fef", f"0x{features:08x}")
            if disabled:
                text += ("/sys/module/arm_smmu_v3/parameters/disable_msipolling\n"
                         f"\t{disabled}\n")
            detail = self.of(text)["SMMUv3 arm-smmu-v3.0.auto"]["detail"]
            self.assertTrue(detail.endswith(how), (detail, how))

    def test_log_has_gone(self):
        r = self.of(MADE.replace("arm-smmu-v3 arm-smmu-v3.", "somebody "))
        for n in (0, 1):
            row = r[f"SMMUv3 arm-smmu-v3.{n}.auto"]
            self.assertEqual(row["verdict"], "partly")
            self.assertIn("journalctl", row["remedy"])
            self.assertIsNone(row["values"]["features"])

    def test_no_driver(self):
        gone = "/sys/bus/platform/devices/arm-smmu-v3.{}.auto/driver\n\tarm-smmu-v3\n"
        r = self.changed((gone.format(1), ""))
        self.assertEqual(r.verdict("stock driver"), "partly")
        self.assertEqual(r.verdict("SMMUv3 arm-smmu-v3.1.auto"), "no")
        r = self.changed((gone.format(0), ""), (gone.format(1), ""))
        self.assertEqual(r.verdict("stock driver"), "no")
        self.assertIn("CONFIG_ARM_SMMU_V3", r["stock driver"]["remedy"])
        self.assertEqual(r.works("run --backend stock"), "no")

    def test_functions(self):
        r = self.of(MADE)
        row = r["stock functions"]
        self.assertEqual(row["verdict"], "partly")
        self.assertIn("arm_smmu_cmdq_issue_cmdlist", row["detail"])
        self.assertIn("not arm_smmu_domain_inv_range", row["detail"])
        # a longer name isn't that one
        r = self.changed(("\tffff800080a01000 t arm_smmu_attach_commit\n", ""))
        self.assertIn("not arm_smmu_domain_inv_range (unmaps), arm_smmu_attach_commit (attaches)",
                      r["stock functions"]["detail"])
        # before 6.19 it had another name
        r = self.changed(("?kallsyms\n", "?kallsyms\n\tf t __arm_smmu_tlb_inv_range.isra.0\n"))
        self.assertEqual(r.verdict("stock functions"), "yes")
        # without the one that issues nothing is timed; under another name it has other arguments
        for change in (("issue_cmdlist", "issue_cmdlist.constprop.0"), ("issue_cmdlist", "x")):
            r = self.changed(change, text=READY)
            self.assertEqual(r.verdict("stock functions"), "no")
            self.assertEqual(r.works("probe"), "no")
        self.assertEqual(self.of(READY).verdict("stock functions"), "yes")

    def test_cmdqv(self):
        self.assertIn("no Tegra241", self.of(MADE)["command queues"]["detail"])
        r = self.changed(("?kallsyms", "\t[ 1.0] arm-smmu-v3 arm-smmu-v3.0.auto: found companion"
                          " CMDQV device: NVDA200C:00\n?kallsyms"))
        self.assertIn("several command queues", r["command queues"]["detail"])

    def test_passthrough_explains_a_count_of_zero(self):
        r = self.of(MADE)
        row = r["domains translate"]
        self.assertEqual(row["verdict"], "partly")
        self.assertEqual(row["detail"], "2 of 4 groups; 2 are identity (iommu.passthrough=1)")
        self.assertIn("iommu.passthrough=0", row["remedy"])
        self.assertIn("iommu_groups/N/type", row["remedy"])
        identity = r["domain identity"]["values"]
        self.assertEqual([(g["group"], g["devices"][0]["driver"], g["devices"][0]["iommu"])
                          for g in identity],
                         [("0", "pcieport", "smmu3.0x000000002b400000"),
                          ("2", "mlx5_core", "smmu3.0x000000002b600000")])
        self.assertIn("nothing is invalidated", r["domain identity"]["for"])
        self.assertIn("one flush for many", r["domain DMA-FQ"]["for"])
        self.assertEqual(r["domain unmanaged"]["values"][0]["group"], "10")
        self.assertNotIn("domain DMA", r.rows)

        all_identity = ((f"\t{t}\n/sys/kernel/iommu_groups", "\tidentity\n/sys/kernel/iommu_groups")
                        for t in ("DMA-FQ", "unmanaged"))
        r = self.changed(*all_identity)
        self.assertEqual(r.verdict("domains translate"), "no")
        self.assertEqual(self.of(READY).verdict("domains translate"), "yes")

    def test_passthrough_of_the_configuration(self):
        r = self.changed((" iommu.passthrough=1", ""), (" iommu.passthrough=0", ""),
                         ("CONFIG_KPROBES=y", "CONFIG_IOMMU_DEFAULT_PASSTHROUGH=y"))
        self.assertIn("(CONFIG_IOMMU_DEFAULT_PASSTHROUGH)", r["domains translate"]["detail"])

    def test_passthrough_that_is_none(self):
        """As the kernel takes a bool: what is none leaves the default, which isn't its doing."""
        for word in ("Y", "on", "t", "true"):
            r = self.changed((" iommu.passthrough=1", f" iommu.passthrough={word}"))
            self.assertIn(f"(iommu.passthrough={word})", r["domains translate"]["detail"])
        for word in ("0", "off", "No", "2", "="):
            row = self.changed((" iommu.passthrough=1", f" iommu.passthrough={word}")
                               )["domains translate"]
            self.assertEqual(row["detail"], "2 of 4 groups; 2 are identity")
            # what is so already is no remedy
            self.assertNotIn("iommu.passthrough=0", row["remedy"])
            self.assertIn("iommu_groups/N/type", row["remedy"])

    def test_strict(self):
        self.assertIn("domains is strict", self.of(MADE)["command line"]["detail"])
        for word, which in (("0", "lazy"), ("n", "lazy"), ("off", "lazy"), ("1", "strict"),
                            ("Yes", "strict"), ("maybe", "strict")):
            r = self.changed((" quiet", f" iommu.strict={word}"))
            self.assertIn(f"the default of DMA domains is {which}", r["command line"]["detail"])
        r = self.changed(("DEFAULT_DMA_STRICT=y", "DEFAULT_DMA_LAZY=y"))
        self.assertIn("domains is lazy", r["command line"]["detail"])

    def test_counters_without_a_pmu(self):
        r = self.changed(("?perf cycles\n\tcounts", "?perf cycles\n\tENOENT"), text=READY)
        self.assertEqual(r.verdict("PMU"), "no")
        self.assertEqual(r.works("run --counters"), "partly")
        self.assertTrue(r.commands["run --counters"]["lacks"].startswith("PMU: "))
        r = self.changed(("?perf cpu-clock\n\tcounts", "?perf cpu-clock\n\tEACCES"), text=READY)
        self.assertEqual(r.works("run --counters"), "no")

    def test_commands(self):
        r = self.of(READY)
        self.assertNotIn("verify", r.commands)
        for command in ("flame stock", "flame --backend guest", "run --probe"):
            self.assertIn(command, r.commands)
        self.assertEqual(r.works("flame stock"), "yes")
        r = self.changed(("aarch64", "x86_64"), text=READY)
        # whatever its own KVM is
        self.assertEqual(r.verdict("KVM"), "partly")
        self.assertEqual(r["KVM"]["remedy"], "an arm64 host")

    def test_many_devices(self):
        more = "".join(f"/sys/kernel/iommu_groups/0/devices/0002:00:{n:02x}.0\n"
                       for n in range(20))
        row = self.of(MADE + more)["domain identity"]
        self.assertIn("and 16 more", row["detail"])
        self.assertEqual(len(row["values"][0]["devices"]), 21)

    def test_integrity_forbids_a_module_even_if_signed(self):
        r = self.of(MADE)
        self.assertEqual(r.verdict("no Secure Boot"), "no")
        self.assertEqual(r.verdict("no lockdown"), "partly")
        self.assertIn("integrity", r["no lockdown"]["detail"])
        self.assertEqual(r.verdict("unsigned modules"), "no")
        # its control file couldn't be opened
        self.assertEqual(r.verdict("debugfs"), "no")
        self.assertIn("mokutil", r["no lockdown"]["remedy"])
        self.assertEqual(r.works("run --backend kernel"), "no")
        self.assertIn("mokutil", r.commands["run --backend kernel"]["lacks"])
        # and eBPF works
        self.assertEqual(r.verdict("eBPF reads memory"), "yes")
        self.assertEqual(r.verdict("kprobes"), "yes")

    def test_confidentiality_forbids_probes(self):
        r = self.changed(("none [integrity] confidentiality", "none integrity [confidentiality]"),
                         ("=0600000001", "=0600000000"),
                         ("read_kernel yes", "read_kernel no Invalid argument"))
        for name in ("no lockdown", "unsigned modules", "kprobes", "eBPF reads memory"):
            self.assertEqual(r.verdict(name), "no", name)
            self.assertIn("lockdown=", r[name]["remedy"])

    def test_lockdown_where_securityfs_is_not_mounted(self):
        no_file = ("/sys/kernel/security/lockdown\n\tnone [integrity] confidentiality\n", "")
        r = self.changed(no_file)
        self.assertEqual(r.verdict("no lockdown"), "?")
        self.assertIn("securityfs", r["no lockdown"]["remedy"])
        r = self.changed(no_file, (" quiet", " lockdown=confidentiality"))
        self.assertEqual(r.verdict("kprobes"), "no")
        r = self.changed(no_file, ("CONFIG_SECURITY_LOCKDOWN_LSM", "CONFIG_"
                                   "LOCK_DOWN_KERNEL_FORCE_INTEGRITY"))
        self.assertEqual(r.verdict("no lockdown"), "partly")
        r = self.changed(no_file, ("CONFIG_SECURITY_LOCKDOWN_LSM=y", "CONFIG_X=y"))
        self.assertEqual(r.verdict("no lockdown"), "yes")

    def test_module(self):
        cases = (
            ("loads modules", ("modules_disabled\n\t0", "modules_disabled\n\t1"), "reboot"),
            ("loads modules", ("CONFIG_MODULES=y", "CONFIG_X=y"), "CONFIG_MODULES"),
            ("kernel headers", ("/build/Makefile", "/x"),
             "apt install linux-headers-6.12.0-1-arm64"),
            ("unsigned modules", ("sig_enforce\n\tN", "sig_enforce\n\tY"), "mokutil --import"),
            ("debugfs", ("debugfs /sys/kernel/debug ", "x /x "), "mount -t debugfs"),
        )
        for name, change, remedy in cases:
            r = self.changed(change, text=READY)
            self.assertEqual(r.verdict(name), "no", name)
            self.assertIn(remedy, r[name]["remedy"])
            self.assertEqual(r.works("run --backend kernel"), "no", name)
            self.assertTrue(r.commands["run --backend kernel"]["lacks"].startswith(name + ": "))
            self.assertEqual(r.works("run"), "yes")
            self.remedies(r)
        r = self.changed(("?program gcc-12\n", "?program x\n"), text=READY)
        self.assertEqual(r.verdict("kernel headers"), "partly")
        self.assertEqual(r["kernel headers"]["remedy"], "apt install gcc-12")
        self.assertEqual(r.works("run --backend kernel"), "partly")

    def test_secure_boot(self):
        r = self.changed((f"{SECURE_BOOT}\n=0600000001\n", f"!{SECURE_BOOT}\n"))
        self.assertEqual(r.verdict("no Secure Boot"), "?")
        self.assertIn("mokutil --sb-state", r["no Secure Boot"]["remedy"])
        r = self.changed((f"{SECURE_BOOT}\n=0600000001\n", ""))
        self.assertEqual(r.verdict("no Secure Boot"), "yes")

    def test_bpf(self):
        cases = (
            ("BTF", ("/sys/kernel/btf/vmlinux\n", ""), "CONFIG_DEBUG_INFO_BTF"),
            ("JIT", ("bpf_jit_enable\n\t1", "bpf_jit_enable\n\t0"), "sysctl net.core.bpf_jit"),
            ("kprobes", ("kprobes/enabled\n\t1", "kprobes/enabled\n\t0"), "echo 1 >"),
            ("kprobes", ("CONFIG_KPROBES", "CONFIG_X"), "CONFIG_KPROBES=y"),
            ("ftrace", ("ftrace_enabled\n\t1", "ftrace_enabled\n\t0"),
             "sysctl kernel.ftrace_enabled=1"),
            ("uprobes", ("devices/uprobe", "devices/x"), "CONFIG_UPROBES"),
        )
        for name, change, remedy in cases:
            r = self.changed(change, text=READY)
            self.assertEqual(r.verdict(name), "no", name)
            self.assertIn(remedy, r[name]["remedy"])
            self.remedies(r)

    def test_what_attaches(self):
        r = self.of(MADE)
        self.assertEqual([r.verdict(f"attach {n}") for n in ("fentry", "fexit", "kprobe")],
                         ["yes"] * 3)
        self.assertEqual(r["attach kretprobe"]["detail"], "tried: a reason of its own")
        self.assertEqual(r.verdict("attach kretprobe"), "no")
        self.assertNotIn("attach read_kernel", r.rows)
        self.assertEqual(r["eBPF reads memory"]["detail"], "tried: it does")
        r = self.changed(("read_kernel yes", "read_kernel no Invalid argument"))
        self.assertEqual(r.verdict("eBPF reads memory"), "no")

    def test_perf(self):
        r = self.of(MADE)
        self.assertEqual(r.verdict("PMU"), "yes")
        self.assertEqual(r.verdict("events"), "partly")
        self.assertEqual(r["events"]["values"]["cache-misses"], "ENOENT")
        self.assertEqual(r.verdict("perf for everybody"), "no")
        self.assertIn("sysctl kernel.perf_event_paranoid=1", r["perf for everybody"]["remedy"])
        r = self.changed(("?perf cycles\n\tcounts", "?perf cycles\n\tENOENT"))
        self.assertIn("firmware", r["PMU"]["remedy"])
        r = self.changed(("?perf cycles\n\tcounts", "?perf cycles\n\tENOENT"),
                         ("\tArm server", "\tQEMU Virtual Machine"))
        self.assertIn("<pmu state='on'/>", r["PMU"]["remedy"])

    def test_machine(self):
        r = self.of(MADE)
        self.assertEqual(r.verdict("root"), "yes")
        self.assertEqual(r.verdict("bare metal"), "yes")
        self.assertIn("cpupower", r["steady clock rate"]["remedy"])
        self.assertEqual(r["CPU"]["values"]["midr"], "0x00000000413fd0c1")
        r = self.changed(("000001ffffffffff", "00000000a80425fb"))
        self.assertEqual(r.verdict("root"), "partly")
        self.assertIn("CAP_SYS_MODULE", r["root"]["detail"])
        r = self.changed(("000001ffffffffff", "0000000000000000"), text=READY)
        self.assertEqual(r.verdict("root"), "no")
        self.assertIn("sudo", r["root"]["remedy"])
        self.assertTrue(r.commands["run --backend kernel"]["lacks"].startswith("root: "))
        r = self.changed(("cpu  100 0 100 800 0 0 0 0", "cpu  100 0 100 700 0 0 0 100"),
                         ("\tMade Up", "\tQEMU"))
        self.assertEqual(r.verdict("bare metal"), "partly")
        self.assertIn("10.00 %", r["bare metal"]["detail"])
        r = self.changed(("smt/active\n\t0", "smt/active\n\t1"),
                         ("cpu/isolated\n", "cpu/isolated\n\t4-7\n"),
                         ("arch_sys_counter", "jiffies"), ("schedutil", "performance"))
        self.assertEqual([r.verdict(n) for n in ("one thread a core", "isolated CPUs",
                                                 "clock source", "steady clock rate")],
                         ["partly", "yes", "no", "yes"])

    def test_ready(self):
        r = self.of(READY)
        self.remedies(r)
        for command in ("run", "run --backend kernel", "probe", "choose"):
            self.assertEqual(r.works(command), "yes", command)
        # stock functions are looked for by the probes alone
        self.assertEqual(r.works("run --backend stock"), "yes")

    def test_every_no_has_a_remedy(self):
        for text in (MADE, RECORDED, READY, "?machine\n\tx86_64\n", "?machine\n\taarch64\n"):
            self.remedies(self.of(text))

    def test_text(self):
        path = self.dir / "machine.record"
        path.write_text(MADE)
        out = self.ok("doctor", "--from", path)
        lines = out.splitlines()
        self.assertIn("what works here", lines)
        for title in ("machine", "module", "eBPF", "perf", "SMMU", "IOMMU domains", "tools"):
            self.assertIn(title, lines)
        for row in self.of(MADE).found["checks"]:
            if row["remedy"]:
                self.assertIn(f"  {row['name']}: {row['remedy']}", lines)
        # and by the standard input
        again = subprocess.run([TOOL, "doctor", "--from", "-"], input=MADE, text=True,
                               stdout=subprocess.PIPE, env=self.env, check=True)
        self.assertEqual(again.stdout, out)


class Recorded(Doctor):
    """The arm64 guest of 7.3, booted with lockdown=integrity iommu.passthrough=1."""

    def test_guest(self):
        r = self.of(RECORDED)
        self.assertEqual(r.verdict("stock driver"), "yes")
        smmu = r["SMMUv3 9050000.smmuv3"]["values"]
        self.assertEqual(smmu["iommu"], "smmu3.0x0000000009050000")
        self.assertEqual(smmu["feature_names"],
                         "2_LVL_STRTAB TT_LE COHERENCY TRANS_S1 RANGE_INV BBML2".split())
        self.assertEqual((smmu["oas"], smmu["cmdq"]), (44, 65536))
        self.assertEqual(r["domains translate"]["detail"],
                         "0 of 3 groups; 3 are identity (iommu.passthrough=1)")
        self.assertIn("nvme", r["domain identity"]["detail"])
        self.assertEqual(r.verdict("stock functions"), "yes")
        self.assertEqual(r.verdict("bare metal"), "partly")
        # a file of debugfs that only root may read is forbidden, too: it is known otherwise
        self.assertEqual(r.verdict("kprobes"), "yes")


class Here(Doctor):
    def test_this_machine(self):
        r = self.report()
        self.remedies(r)
        self.assertEqual({c["subject"] for c in r.found["checks"]},
                         {"machine", "module", "eBPF", "perf", "SMMU", "IOMMU domains", "tools"})
        u = os.uname()
        self.assertEqual(r["kernel"]["detail"], f"Linux {u.release}, {u.machine}")
        self.assertEqual(r.works("choose"), "yes")

    def test_by_its_record(self):
        """The script finds what the tool does, where both can."""
        path = self.dir / "here.record"
        with open(path, "w") as f:
            subprocess.run(["sh", str(SCRIPT)], stdout=f, stderr=subprocess.DEVNULL, check=True)
        live, recorded = self.report(), self.report("--from", path)
        same = ("root", "kernel", "CPU", "memory", "steady clock rate", "isolated CPUs",
                "clock source", "loads modules", "no Secure Boot", "no lockdown",
                "unsigned modules", "debugfs", "BTF", "JIT", "kprobes", "ftrace", "uprobes",
                "perf for everybody", "IOMMUs", "stock driver", "domains translate", "gnuplot")
        for name in same:
            for key in ("verdict", "detail"):
                self.assertEqual(live[name][key], recorded[name][key], name)

    @unittest.skipIf(os.geteuid(), "only root can be somebody else")
    def test_nobody(self):
        os.chmod(self.dir, 0o755)
        tool = self.dir / "invbench"
        tool.write_bytes(pathlib.Path(TOOL).read_bytes())
        tool.chmod(0o755)
        r = self.report(tool=str(tool), user=65534, group=65534, extra_groups=[],
                        env=dict(self.env, HOME="/nowhere"))
        self.assertEqual(r.verdict("root"), "no")
        self.assertIn("sudo", r["root"]["remedy"])
        self.assertEqual((r.verdict("attaches"), r["attaches"]["detail"]),
                         ("?", "not tried without root"))
        self.assertNotEqual(r.works("run --backend kernel"), "yes")
        self.remedies(r)

    def with_program(self, name, text):
        path = self.dir / "bin"
        path.mkdir(exist_ok=True)
        (path / name).write_text(f"#!/bin/sh\n{text}\n")
        (path / name).chmod(0o755)
        return self.report(env=dict(self.env, PATH=f"{path}:{os.environ['PATH']}"))

    def test_programs(self):
        r = self.with_program("herd7", '[ "$1" = -version ] && echo "9.9, made up"')
        self.assertEqual((r.verdict("herd7"), r["herd7"]["detail"]), ("yes", "9.9, made up"))
        # Ubuntu's perf without that of the kernel: it is there, and does nothing
        r = self.with_program("perf", 'echo "perf not found for kernel" >&2; exit 2')
        self.assertEqual(r.verdict("perf"), "no")
        self.assertIn("linux-tools-", r["perf"]["remedy"])
        r = self.with_program("herd7", "kill -9 $$")
        self.assertEqual(r.verdict("herd7"), "no")

    def test_cache(self):
        cache = self.dir / "cache"
        stamp = cache / "kernels/arm64-6.12/stamp"
        stamp.parent.mkdir(parents=True)
        stamp.write_text("x")
        (self.top / "guest").symlink_to(SOURCE / "guest")
        env = dict(self.env, INVBENCH_CACHE=str(cache))
        r = self.report(env=env)
        self.assertTrue(r["pinned kernels"]["detail"].startswith("arm64-6.12; not yet "))
        self.assertIn(str(cache), r["space in the cache"]["detail"])
        # one that nobody has made yet
        r = self.report(env=dict(env, INVBENCH_CACHE=str(self.dir / "a/b/c")))
        self.assertIn("MB free", r["space in the cache"]["detail"])
        self.assertEqual(r.verdict("pinned kernels"), "partly")


class Bad(Doctor):
    def test_options(self):
        self.refused(["doctor", "--bogus"], "--bogus")
        self.refused(["doctor", "now"], "'now'", "options only")
        self.refused(["doctor", "--backend", "cloud"], "--backend cloud", "user or guest")
        self.refused(["doctor", "--kernel", "arm64-7.3"], "--kernel", "--backend guest")
        self.refused(["doctor", "--append", "x"], "--append", "--backend guest")
        self.refused(["doctor", "--from", "x", "--backend", "guest"], "--from")

    def test_records(self):
        self.refused(["doctor", "--from", "nowhere"], "nowhere: No such file")
        path = self.dir / "bad"
        for text, line in (("", 1), ("# nothing\n", 1), ("\tno file before it\n", 1),
                           ("?release\n\tx\nwhat is this\n", 3), ("/x\n=0g\n", 2),
                           ("/x\n=000\n", 2), ("=00\n", 1)):
            path.write_text(text)
            self.refused(["doctor", "--from", path], f"bad:{line}: no record", "record.sh")
        path.write_bytes(bytes(range(256)))
        self.refused(["doctor", "--from", path], "bad:1:")

    def test_odd_machines(self):
        """Nothing of what a machine says breaks the report."""
        for odd in ("\xff\xfe", "%s%n", "a" * 5000, "\x1b[31m"):
            text = "\n".join(f"\t{odd}" if line.startswith("\t") else line
                             for line in MADE.splitlines()) + "\n"
            path = self.dir / "odd.record"
            path.write_text(text, encoding="latin-1")
            self.ok("doctor", "--from", path)
            found = self.json("doctor", "--from", path, "--json")
            self.assertIn("kernel", [row["name"] for row in found["checks"]])


@unittest.skipUnless(os.environ.get("INVBENCH_GUEST"), "without a guest")
class Guest(Doctor):
    def of_guest(self, *args):
        return Report(json.loads(self.ok("doctor", "--backend", "guest", "--json", *args,
                                         env=dict(self.env, INVBENCH_TOP=str(SOURCE)))))

    def test_lockdown(self):
        """Under confidentiality what is said to be forbidden is refused, when tried."""
        r = self.of_guest("--append", "lockdown=confidentiality iommu.passthrough=1")
        self.remedies(r)
        for name in ("attach kprobe", "attach kretprobe", "kprobes", "eBPF reads memory",
                     "unsigned modules", "no lockdown", "debugfs", "domains translate"):
            self.assertEqual(r.verdict(name), "no", name)
        for name in ("attach fentry", "attach fexit", "attach uprobe"):
            self.assertEqual(r.verdict(name), "yes", name)
        self.assertIn("lockdown=", r["attach kprobe"]["remedy"])
        self.assertIn("iommu.passthrough=1", r["domains translate"]["detail"])

    def test_guest(self):
        for kernel in ("arm64-7.3", "arm64-6.12"):
            r = self.of_guest("--kernel", kernel)
            self.remedies(r)
            self.assertIn(kernel.split("-")[1], r["kernel"]["detail"])
            self.assertEqual(r.verdict("stock driver"), "yes")
            smmu = r["SMMUv3 9050000.smmuv3"]["values"]
            self.assertIn("RANGE_INV", smmu["feature_names"])
            self.assertGreater(smmu["devices"], 0)
            self.assertEqual(r.verdict("domains translate"), "yes")
            self.assertIn("virtio-pci", r["domain DMA"]["detail"])
            for name in ("BTF", "JIT", "kprobes", "ftrace", "unsigned modules", "debugfs"):
                self.assertEqual(r.verdict(name), "yes", name)
            # as it was tried there
            for name in ("fentry", "fexit", "kprobe", "kretprobe", "uprobe", "tp_btf",
                         "perf_event"):
                self.assertEqual(r.verdict(f"attach {name}"), "yes", name)
            self.assertEqual(r["eBPF reads memory"]["detail"], "tried: it does")
            # nothing of what the tool itself takes, which is not to run there
            self.assertNotIn("gnuplot", r.rows)
            self.assertEqual(r.commands, {})


if __name__ == "__main__":
    pathlib.Path(TOOL).stat()
    unittest.main()
