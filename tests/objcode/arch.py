# SPDX-License-Identifier: GPL-2.0-or-later
"""What the check knows of an architecture: kinds of instructions, and what the kernel
defines each fence to be."""

import re

# Fences of fence.h that are instructions or nothing, by architecture. From
# arch/{x86,arm64}/include/asm/barrier.h over include/asm-generic/barrier.h: x86's
# dma_mb() is mb(), its smp_rmb(), smp_wmb(), dma_rmb() and dma_wmb() are barrier().
SMP_FENCES = ('SMP_RMB', 'SMP_WMB', 'SMP_MB')


class X86:
    name = 'x86_64'
    comment = '#'
    fences = {
        'NONE': '', 'BARRIER': '',
        'SMP_RMB': '', 'SMP_WMB': '', 'SMP_MB': 'lock addl $0x0,-0x4(%rsp)',
        'DMA_RMB': '', 'DMA_WMB': '', 'DMA_MB': 'mfence',
        'RMB': 'lfence', 'WMB': 'sfence', 'MB': 'mfence',
        'LOAD_ACQUIRE': '',
    }
    # Accesses: plain, release and acquire are the same instruction.
    store = {'PLAIN': 'mov', 'RELEASE': 'mov'}
    load = {'PLAIN': 'mov', 'ACQUIRE': 'mov'}
    # What liburcu may take for a full fence.
    full = ('mfence', 'lock addl $0x0,(%rsp)', 'lock orq $0x0,(%rsp)',
            'lock addl $0x0,-0x4(%rsp)')

    @staticmethod
    def branch_addend(reloc):
        # The field is the instruction's last four bytes; PC is behind them.
        return 4 if reloc in ('R_X86_64_PC32', 'R_X86_64_PLT32') else 0

    @staticmethod
    def memory(ops):
        return '(' in ops or re.search(r'%[c-g]s:', ops) is not None

    def kind(self, i):
        mn = i.mn.split()[-1]
        if mn.startswith('ret'):
            return 'return'
        if mn in ('ud2', 'hlt', 'int3'):
            return 'trap'
        if mn.startswith('call'):
            return 'indirect call' if i.ops.startswith('*') else 'call'
        if mn == 'jmp' or mn == 'jmpq':
            return 'indirect jump' if i.ops.startswith('*') else 'jump'
        if mn.startswith('j') or mn.startswith('loop'):
            return 'branch'
        return ''

    def fence(self, i):
        if i.mn in ('mfence', 'lfence', 'sfence', 'cpuid', 'serialize'):
            return i.mn
        if i.mn.startswith('lock') or (i.mn.startswith('xchg') and self.memory(i.ops)):
            return i.text
        return ''

    def is_store(self, i):
        return i.mn.startswith('mov') and self.memory(operands(i)[-1])

    def is_load(self, i):
        if i.mn.startswith(('lea', 'nop', 'lock', 'rep')) or not self.memory(i.ops):
            return False
        return not self.is_store(i)

    @staticmethod
    def on_stack(i):
        return re.search(r'\((%rsp|%rbp)', i.ops) is not None

    @staticmethod
    def may_acquire(_i):
        return True

    @staticmethod
    def stores_zero(i):
        return i.ops.startswith('$0x0,')

    @staticmethod
    def access(i):
        return 'mov' if i.mn.startswith('mov') else i.mn

    @staticmethod
    def compares(i):
        return i.mn.startswith(('cmp', 'test')) or i.kind == 'branch'

    @staticmethod
    def zeroed(insns, mine):
        """Bytes that a zeroing idiom clears; insns are in order, mine is whose."""
        total = 0
        for at, i in enumerate(insns):
            if not mine(i):
                continue
            if i.mn == 'rep stos':
                width = {'%rax': 8, '%eax': 4, '%ax': 2, '%al': 1}[operands(i)[0]]
                total += width * count_in(insns[:at], r'\$(\w+),%[er]cx$')
            elif i.kind == 'call' and calls(i) == 'memset':
                total += count_in(insns[:at], r'\$(\w+),%[er]dx$')
            elif i.mn.startswith(('mov', 'vmov')) and re.match(r'%[xyz]mm\d+,.*\(', i.ops):
                total += {'x': 16, 'y': 32, 'z': 64}[i.ops[1]]
        return total


class Arm64:
    name = 'aarch64'
    comment = '//'
    fences = {
        'NONE': '', 'BARRIER': '',
        'SMP_RMB': 'dmb ishld', 'SMP_WMB': 'dmb ishst', 'SMP_MB': 'dmb ish',
        'DMA_RMB': 'dmb oshld', 'DMA_WMB': 'dmb oshst', 'DMA_MB': 'dmb osh',
        'RMB': 'dsb ld', 'WMB': 'dsb st', 'MB': 'dsb sy',
        'LOAD_ACQUIRE': '',
    }
    store = {'PLAIN': 'str', 'RELEASE': 'stlr'}
    load = {'PLAIN': 'ldr', 'ACQUIRE': 'ldar'}
    full = ('dmb ish', 'dmb sy', 'dsb sy')

    @staticmethod
    def branch_addend(_reloc):
        return 0

    def kind(self, i):
        if i.mn in ('ret', 'retaa', 'retab', 'eret'):
            return 'return'
        if i.mn in ('brk', 'udf', 'hlt'):
            return 'trap'
        if i.mn == 'bl':
            return 'call'
        if i.mn.startswith('blr'):
            # Thread-local storage of a shared object: a static program has none.
            if i.reloc and i.reloc[0] == 'R_AARCH64_TLSDESC_CALL':
                return 'call'
            return 'indirect call'
        if i.mn in ('br', 'braa', 'brab'):
            return 'indirect jump'
        if i.mn == 'b':
            return 'jump'
        if i.mn.startswith(('b.', 'cbz', 'cbnz', 'tbz', 'tbnz')):
            return 'branch'
        return ''

    def fence(self, i):
        if i.mn in ('dmb', 'dsb', 'isb'):
            return i.text
        # LDAR and STLR are accesses as well; an access of the path isn't asked here.
        if re.match(r'(ldar|ldapu?r|ldlar|stlu?r|stllr|ldax[rp]|stlx[rp]|casp?|swpp?|'
                    r'ld(add|clr|eor|set|[su](max|min)))[a-z]*$', i.mn):
            return i.mn
        return ''

    def is_store(self, i):
        return re.match(r'st(r|ur|p|lr|lur)[bh]?$', i.mn) is not None

    def is_load(self, i):
        return re.match(r'ld(r|ur|p|ar|apr|apur)s?[bhw]?$', i.mn) is not None

    @staticmethod
    def on_stack(i):
        return re.search(r'\[(sp|x29)\b', i.ops) is not None

    @staticmethod
    def may_acquire(i):
        """Whether i can be the load of its line: no plain one is, of an acquire's."""
        return 'smp_load_acquire' not in i.source or i.mn.startswith('lda')

    @staticmethod
    def stores_zero(i):
        return i.ops.startswith(('xzr', 'wzr'))

    @staticmethod
    def access(i):
        return {'ldp': 'ldr', 'ldur': 'ldr', 'stp': 'str', 'stur': 'str'}.get(i.mn, i.mn)

    @staticmethod
    def compares(i):
        return i.mn in ('cmp', 'cmn', 'tst', 'ccmp') or i.kind == 'branch'

    @staticmethod
    def zeroed(insns, mine):
        total = 0
        for at, i in enumerate(insns):
            if not mine(i):
                continue
            if i.kind == 'call' and calls(i) == 'memset':
                total += count_in(insns[:at], r'[wx]2, #(\w+)$')
            elif re.match(r'st(p|r|ur) (q\d|[wx]zr)', i.text):
                width = {'q': 16, 'x': 8, 'w': 4}[i.ops[0]]
                total += width * (2 if i.mn == 'stp' else 1)
        return total


def operands(i):
    """Split at commas that are outside parentheses and brackets."""
    return re.split(r',\s*(?![^(\[]*[)\]])', i.ops)


def calls(i):
    """The function that a direct call is to."""
    if i.reloc:
        return re.sub(r'[-+]0x[0-9a-f]+$', '', i.reloc[1])
    found = re.search(r'<([^>+]+)', i.ops)
    return found.group(1) if found else '?'


def count_in(insns, pattern):
    """The number that was moved into a register last; 0 when it can't be told."""
    for i in reversed(insns):
        found = re.search(pattern, i.ops)
        if found and i.mn.startswith('mov'):
            return int(found.group(1), 0)
    return 0


ARCHES = {a.name: a for a in (X86(), Arm64())}
