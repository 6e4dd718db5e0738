#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A fake of QEMU and guest/init in one, for what real ones rarely do.

What it does is said by $FAKE_QEMU:
  good      executes: echoes a line in capitals, status 7
  args      as good; its arguments are on the console
  garbage   as good, with nonsense on the control port first
  large     8 MiB of output
  overtaken as good, but "done" is there long before the output
  warns     a WARNING on the console during a command
  taints    a foreign taint on the console
  mute      never says that it is up
  hangs     never ends a command
  ends      goes away in mid-command, status 0, no marker
  cut       the same with half of the output written
  panics    the kernel panics, at boot
  late      the kernel panics in a command
  refuses   QEMU doesn't like its arguments
  stays     doesn't power off
"""
import os
import re
import socket
import sys
import time

MODE = os.environ["FAKE_QEMU"]
ARGS = " ".join(sys.argv)


def port(name):
    number = re.search(rf"id={name},fd=(\d+)", ARGS).group(1)
    return socket.socket(fileno=int(number))


def lines(sock):
    """A byte at a time, as a shell's read: what follows isn't ours."""
    while True:
        line = b""
        while not line.endswith(b"\n"):
            byte = sock.recv(1)
            if not byte:
                return
            line += byte
        yield line.rstrip(b"\n").decode()


def console(text):
    path = re.search(r"id=console,path=(\S+)", ARGS).group(1)
    with open(path, "a", encoding="utf-8") as out:
        out.write(text + "\n")


def execute(number, takes_input, work):
    for line in lines(work):
        if line == f"sync {number}":
            break
    if MODE == "large":
        block = bytes(range(256)) * 4096
        for _ in range(8):
            work.sendall(block)
        return 0
    if MODE == "cut":
        work.sendall(b"the first ha")
    if MODE == "late":
        console("[    3.000000] Kernel panic - not syncing: late")
    if MODE in ("cut", "ends", "late"):
        sys.exit(0)
    if MODE == "hangs":
        time.sleep(60)
    if MODE == "warns":
        console("[    3.000000] WARNING: CPU: 0 PID: 9 at planted.c:1")
    if MODE == "taints":
        console("[    3.000000] other: module license 'X' taints kernel.")
    line = next(lines(work)) if takes_input else "no input"
    work.sendall(line.upper().encode() + b"\n")
    return 7


def main():
    if MODE == "refuses":
        sys.exit("qemu: -planted: no such option")
    console("[    0.100000] booting")
    if MODE == "args":
        console("\n".join(sys.argv[1:]))
    if MODE == "panics":
        console("[    1.000000] Kernel panic - not syncing: early")
        sys.exit(0)
    if MODE == "mute":
        time.sleep(60)
    work, control = port("work"), port("control")
    control.sendall(b"up 1.25\n")
    for line in lines(control):
        words = line.split("\037")
        if words[0] == "poweroff":
            if MODE == "stays":
                time.sleep(60)
            sys.exit(0)
        if MODE == "garbage":
            work.sendall(b"\xff\x00")
            control.sendall(b"\xff\x00\x01" * 5000 + b"\ndone\ndone x y\n"
                            b"done 999 0\ndone -1 0\n\n")
        if MODE == "overtaken":
            control.sendall(f"done {words[1]} 7\n".encode())
            time.sleep(0.2)
        status = execute(words[1], words[2] == "port", work)
        # in pieces, as it may come
        mark = f"\037end {words[1]}\n".encode()
        work.sendall(mark[:3])
        time.sleep(0.02)
        work.sendall(mark[3:])
        if MODE != "overtaken":
            control.sendall(f"done {words[1]} {status}\n".encode())


main()
