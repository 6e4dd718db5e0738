# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions of an object file as instructions, with their source lines and a control
flow graph. Reads `objdump -dlr --inlines`, which is the same for every architecture."""

import os
import re
import subprocess

FUNCTION = re.compile(r'^([0-9a-f]+) <([^>]+)>:$')
INSN = re.compile(r'^ *([0-9a-f]+):\t(.*)$')
PREFIXES = ('lock', 'rep', 'repz', 'repnz', 'notrack', 'bnd', 'data16', 'cs', 'rex.W')
RELOC = re.compile(r'^\t+([0-9a-f]+): (R_\S+)\t(\S+)$')
CALLER = re.compile(r'^inlined by (.*?):(\d+|\?)(?: \((?!disc)(.*?)\))?(?: \(disc.*\))?$')
LINE = re.compile(r'^(.*):(\d+|\?)(?: \(discriminator \d+\))?$')
INSIDE = re.compile(r'^(\S+)\(\):$')
OPERATION = 'inv_range__'
OFFSET = re.compile(r'^(.*?)([-+]0x[0-9a-f]+)?$')


class Insn:
    """One instruction. chain: (function, file, line) from the innermost inlined
    function outwards; the line is the place in that function."""
    __slots__ = ('section', 'addr', 'mn', 'ops', 'chain', 'reloc', 'next', 'kind')

    def __init__(self, section, addr, mn, ops):
        self.section, self.addr = section, addr
        self.mn, self.ops = mn, ops
        self.chain, self.reloc = [], None
        self.next = []
        self.kind = ''

    @property
    def text(self):
        return f'{self.mn} {self.ops}'.strip()

    @property
    def function(self):
        return self.chain[0][0] if self.chain else '?'

    @property
    def source(self):
        return source_line(*self.chain[0][1:]) if self.chain else ''

    def inside(self, function):
        return any(f == function for f, _, _ in self.chain)

    def where(self):
        if not self.chain:
            return f'{self.section}+{self.addr:#x}'
        _, path, line = self.chain[0]
        return f'{os.path.basename(path)}:{line}'


_sources = {}


def source_line(path, line):
    if path not in _sources:
        try:
            with open(path, encoding='utf-8') as f:
                _sources[path] = f.read().splitlines()
        except OSError:
            _sources[path] = []
    lines = _sources[path]
    return lines[line - 1].strip() if 0 < line <= len(lines) else ''


class Function:
    """A function with its cold part. Its first instruction is where it is entered."""

    def __init__(self, name):
        self.name = name
        self.insns = []

    def link(self, arch, symbols):
        """Fills in successors. Where control leaves the function there is none."""
        index = {(i.section, i.addr): i for i in self.insns}
        for i, following in zip(self.insns, self.insns[1:] + [None]):
            if following is not None and following.section != i.section:
                following = None
            i.kind = arch.kind(i)
            if i.kind in ('jump', 'branch'):
                target = index.get(self.target(i, arch, symbols))
                if target is not None:
                    i.next.append(target)
            if i.kind not in ('jump', 'return', 'trap', 'indirect jump') and following:
                i.next.append(following)

    @staticmethod
    def target(i, arch, symbols):
        if i.reloc is None:
            found = re.search(r'(?:^|[\s,])([0-9a-f]+) <', i.ops)
            return (i.section, int(found.group(1), 16)) if found else None
        name, offset = OFFSET.match(i.reloc[1]).groups()
        offset = int(offset or '0', 16) + arch.branch_addend(i.reloc[0])
        section, base = symbols.get(name, (name, 0))
        return section, base + offset


class Objdump:
    """What objdump says of one object file."""

    def __init__(self, objdump, path, arch):
        self.path = path
        out = self.run(objdump, '-dlr', '--inlines', '--no-show-raw-insn', path)
        self.symbols = {line.split()[-1] for line in
                        self.run(objdump, '-t', path).splitlines() if line}
        self.functions = {}
        starts = {}
        self.parse(out, arch, starts)
        for f in self.functions.values():
            f.link(arch, starts)
        self.splice(arch, starts)

    def splice(self, arch, starts):
        """A faithful loop calls its operation: what is looked for in the one is in the
        other. Such a call becomes a jump there, its returns jumps back."""
        entries = {(f.insns[0].section, f.insns[0].addr): f for f in self.functions.values()
                   if f.insns and f.name.startswith(OPERATION)}
        for f in self.functions.values():
            for i in f.insns[:]:
                callee = entries.get(Function.target(i, arch, starts)) \
                    if i.kind == 'call' else None
                if callee is None:
                    continue
                behind, i.kind, i.next = i.next, '', [callee.insns[0]]
                for r in callee.insns:
                    if r.kind == 'return':
                        r.kind, r.next = '', r.next + behind
                f.insns += callee.insns

    def sources(self):
        return {path for f in self.functions.values() for i in f.insns for _, path, _ in i.chain}

    @staticmethod
    def run(*command):
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding='utf-8',
                              errors='replace').stdout

    def parse(self, out, arch, starts):
        section = function = insn = None
        inside, chain, fresh, places = '?', [], False, {}
        for line in out.splitlines():
            if line.startswith(' ') and function is not None:
                m = INSN.match(line)
                if not m:
                    continue
                words = m.group(2).split(arch.comment)[0].split()
                n = 1
                while words[n - 1] in PREFIXES and n < len(words):
                    n += 1
                insn = Insn(section, int(m.group(1), 16), ' '.join(words[:n]),
                            ' '.join(words[n:]))
                insn.chain, fresh = chain, False
                function.insns.append(insn)
            elif line.startswith('inlined by '):
                # Printed again for each instruction, the innermost line only on change.
                chain = chain if fresh else chain[:1]
                fresh = True
                if line not in places:
                    places[line] = place(*CALLER.match(line).groups())
                chain.append(places[line])
            elif line.startswith('\t'):
                m = RELOC.match(line)
                if m:
                    insn.reloc = (m.group(2), m.group(3))
            elif INSIDE.match(line):
                inside = line[:-3]
            elif FUNCTION.match(line):
                addr, name = FUNCTION.match(line).groups()
                starts[name] = (section, int(addr, 16))
                inside = name.split('.cold')[0]
                function = self.functions.setdefault(inside, Function(inside))
                chain, fresh = [], False
            elif line.startswith('Disassembly of section '):
                section, function = line[len('Disassembly of section '):-1], None
            elif function is not None and LINE.match(line):
                chain = [place(*LINE.match(line).groups(), inside)]
                fresh = True


def place(path, line, function):
    return function or '?', path, int(line) if line.isdigit() else 0


def flow(function, gen, start=frozenset()):
    """Forward data flow over sets: gen(insn, state) -> state behind it. Returns the
    state before each instruction that can be reached, by id."""
    before = {id(function.insns[0]): start}
    work = [function.insns[0]]
    while work:
        i = work.pop()
        after = gen(i, before[id(i)])
        for n in i.next:
            old = before.get(id(n))
            new = after if old is None else old | after
            if new != old:
                before[id(n)] = new
                work.append(n)
    return before


def reach(starts, forward=True, insns=()):
    """Ids of instructions that can be reached from (or that can reach) starts."""
    edges = {}
    if not forward:
        for i in insns:
            for n in i.next:
                edges.setdefault(id(n), []).append(i)
    seen, work = set(), list(starts)
    while work:
        i = work.pop()
        for n in (i.next if forward else edges.get(id(i), [])):
            if id(n) not in seen:
                seen.add(id(n))
                work.append(n)
    return seen
