# SPDX-License-Identifier: GPL-2.0-or-later
"""What the fast path's instances have to be, and what is found instead."""

import re

from arch import SMP_FENCES, calls
from disasm import flow, reach

BATCH_BYTES = 1040	# 64 commands of 16 bytes, a pointer, a counter and padding

# By store: the loads that the reader's fence is about (the first one on a path
# counts), and the second one of recheck. Each: (function, caller or None, source).
STORES = {
    'rcu_array': {
        'load': [('array_load', None, r'domain->invs')],
        'again': ('__array_inv_range', None, r'again = .*smp_load_acquire'),
    },
    'rcu_list': {
        'load': [('rcu_list_next', None, r'rcu_dereference_raw\(c->at->next\)'),
                 ('store_inv_range', None, r'published = smp_load_acquire')],
        'again': ('store_inv_range', None, r'again = smp_load_acquire'),
    },
    'seqcount_array': {
        'load': [('__compat_read_seqcount_begin', None, r'smp_load_acquire')],
        'again': ('__compat_read_seqcount_retry', 'store_inv_range', r'READ_ONCE'),
    },
}

# Loads that are an acquire whatever the strategy is: by store, and source of it.
ALWAYS_ACQUIRE = {'seqcount_array'}

# What a flavour's read section puts between the store and the load: so many full
# fences, by path. memb has one without membarrier; mb has none in a nested section.
FLAVOURS = {'qsbr': {0}, 'any': {0}, 'memb': {0, 1}, 'mb': {0, 1}}

# Fences that aren't the strategy's, by the function that they are inlined from: locks
# round ATS entries, the seqcount's own, and map's.
OTHERS = re.compile(r'(ck_|read_(un)?lock$|write_(un)?lock$|__compat_read_seqcount_|'
                    r'smmu_pte_map$|seq_begin$)')
RECHECK_FENCE = r'^smp_r?mb\(\);'
CHOICES = re.compile(r'(\.|->)(strategy|queue|device|kind|variant|no_queue_wmb)\b')
ISSUE = 'arm_smmu_cmdq_issue_cmdlist_'


def strategies(path):
    """strategies.def as {ID: {column: value}}, in its order."""
    rows = {}
    with open(path, encoding='utf-8') as f:
        for m in re.finditer(r'^STRATEGY\((\w+), "([^"]+)", ([^"]*),\s*"', f.read(), re.M):
            columns = [c.strip() for c in m.group(3).split(',')]
            names = ('pte', 'reader', 'publish', 'entry', 'retire', 'post', 'worlds')
            if len(columns) != len(names):
                raise SystemExit(f'{path}: {m.group(1)} has {len(columns)} columns of words, '
                                 f'not {len(names)}')
            rows[m.group(1)] = dict(zip(names, columns), name=m.group(2))
    if not rows:
        raise SystemExit(f'{path}: no STRATEGY line')
    return rows


def at(i, function, caller, source):
    """Whether i is at a line that matches, in a function inlined from caller."""
    return i.function == function and re.search(source, i.source) is not None and \
        (caller is None or (len(i.chain) > 1 and i.chain[1][0] == caller))


def is_own(i):
    """The RCU flavour's."""
    return any(re.match(r'_?urcu_', f) for f, _, _ in i.chain)


class Instance:
    """One compiled loop and what is wrong with it."""

    def __init__(self, function, arch, up, row, store, variant, rcu, path):
        self.function, self.arch, self.up = function, arch, up
        self.name = function.name
        self.row, self.store, self.variant, self.rcu = row, store, variant, rcu
        self.path = path
        self.insns = function.insns
        self.findings = []
        self.between, self.own, self.own_calls = set(), set(), set()
        self.store_kinds, self.load_kinds = set(), set()
        self.elsewhere = set()
        self.zeroes = 0
        self.invs_places = STORES[store]['load'] if store in STORES else []
        self.invs_loads = self.again_loads = None

    def forget(self):
        """Drops the instructions: what was found goes to another process."""
        self.function = self.insns = None

    def finding(self, code, text):
        self.findings.append((code, text))

    # -- what is looked for

    def is_pte_store(self, i):
        return self.arch.is_store(i) and i.function == 'smmu_pte_clear' and \
            re.search(r'WRITE_ONCE\(\*pte, 0\)|smp_store_release\(pte, 0\)', i.source)

    def loads_at(self, places):
        """Ids of the loads that places are about. An address may be loaded for the same
        line before them: the last one of a block is meant, and of an acquire the acquire.
        """
        found, ids = [], set()
        for i in self.insns:
            if any(at(i, *place) for place in places) and self.arch.is_load(i) and \
                    not self.arch.on_stack(i) and (self.up or self.arch.may_acquire(i)):
                found.append(i)
        for i in found:
            j = i
            while len(j.next) == 1 and j.kind == '':
                j = j.next[0]
                if j in found and j.chain[0] == i.chain[0]:
                    break
            else:
                ids.add(id(i))
        return ids

    def is_invs_load(self, i):
        if self.invs_loads is None:
            self.invs_loads = self.loads_at(self.invs_places)
        return id(i) in self.invs_loads

    def is_again(self, i):
        if self.again_loads is None:
            self.again_loads = self.loads_at([STORES[self.store]['again']])
        return id(i) in self.again_loads

    def expected_fence(self, fence):
        return '' if self.up and fence in SMP_FENCES else self.arch.fences[fence]

    # -- checks

    def event(self, i):
        """What i adds to a path: (whose, text) or None."""
        fence = self.arch.fence(i)
        if fence:
            return ('own' if is_own(i) else 'fence', fence)
        if i.kind in ('call', 'indirect call'):
            return ('own call' if is_own(i) or calls(i) == '__tls_get_addr' else 'call', calls(i))
        return None

    def paths(self, is_start, is_end, event, longest=6):
        """Each sequence of events on a way from the last start to an end, and the ids
        of instructions that lie on such ways."""
        found, inside = set(), set()

        def gen(i, state):
            if is_start(i):
                return frozenset([()])
            if is_end(i):
                return frozenset()
            e = event(i) if state else None
            return frozenset(s + (e,) if len(s) < longest else s for s in state) if e else state

        before = flow(self.function, gen)
        for i in self.insns:
            state = before.get(id(i), ())
            if state:
                inside.add(id(i))
            if is_end(i):
                found |= set(state)
        return found, inside

    def check(self):
        stores = [i for i in self.insns if self.is_pte_store(i)]
        loads = [i for i in self.insns if self.is_invs_load(i)]
        self.check_calls()
        if not stores:
            self.finding('store', 'no IOPTE store found')
        if not loads:
            self.finding('load', 'no load of invs found')
        if stores and loads:
            self.check_kinds(stores)
            self.check_fences()
            if self.row['post'] == 'RECHECK':
                self.check_recheck()
            self.check_zeroing(stores)

    def check_kinds(self, stores):
        pte = 'PLAIN' if self.up else self.row['pte']
        self.store_kinds = {self.arch.access(i) for i in stores}
        if self.store_kinds != {self.arch.store[pte]}:
            self.finding('store', f'the IOPTE store is {words(self.store_kinds)}, '
                         f'not {self.arch.store[pte]}')
        if not all(self.arch.stores_zero(i) for i in stores):
            self.finding('store', 'an IOPTE store that stores no zero')

    def check_fences(self):
        found, inside = self.paths(self.is_pte_store, self.is_invs_load, self.event)
        if not found:
            self.finding('fence', 'no way from an IOPTE store to the load of invs')
            return
        for path in found:
            self.between.add(tuple(t for whose, t in path if whose == 'fence'))
            self.own.add(tuple(t for whose, t in path if whose == 'own'))
            self.own_calls |= {t for whose, t in path if whose == 'own call'}
        called = {t for path in found for whose, t in path if whose == 'call'}
        # Faithful may zero its batch with it before the list's first load.
        called -= {'memset'} if self.variant == 'faithful' else set()
        if called:
            self.finding('call', f'calls {words(called)} between the IOPTE store and the load')

        # The first loads on the paths: those that something reaches.
        loads = [i for i in self.insns if id(i) in inside and self.is_invs_load(i)]
        self.load_kinds = {self.arch.access(i) for i in loads}
        acquire = not self.up and (self.row['reader'] == 'LOAD_ACQUIRE' or
                                   self.store in ALWAYS_ACQUIRE or
                                   (self.store == 'rcu_list' and
                                    self.row['post'] == 'RECHECK'))
        load = self.arch.load['ACQUIRE' if acquire else 'PLAIN']
        if self.load_kinds != {load}:
            self.finding('load', f'the load of invs is {words(self.load_kinds)}, not {load}')

        fence = self.expected_fence(self.row['reader'])
        want = (fence,) if fence else ()
        for path in sorted(self.between - {want}):
            self.finding('fence', f'a path has {path_words(path)}, not {path_words(want)}')
        counts = {len(p) for p in self.own}
        if counts != FLAVOURS[self.rcu] or \
                not all(t in self.arch.full for p in self.own for t in p):
            self.finding('own', f'{self.rcu} has {words(path_words(p) for p in self.own)} '
                         'of its own')

        for i in self.insns:
            if not self.arch.fence(i) or id(i) in inside or self.is_invs_load(i) or \
                    self.is_pte_store(i) or self.is_again(i):
                continue
            if is_own(i):
                self.elsewhere.add(self.arch.fence(i))
            elif not any(OTHERS.match(f) for f, _, _ in i.chain) and \
                    not (self.row['post'] == 'RECHECK' and re.search(RECHECK_FENCE, i.source)):
                self.finding('stray', f'{i.text} at {i.where()}, outside')

    def check_recheck(self):
        again = [i for i in self.insns if self.is_again(i)]
        if not again:
            self.finding('recheck', 'no second load of invs')
            return
        if self.store != 'seqcount_array':
            load = self.arch.load['PLAIN' if self.up else 'ACQUIRE']
            if {self.arch.access(i) for i in again} != {load}:
                self.finding('recheck', f'the second load of invs is {again[0].mn}, not {load}')

        function, caller, _ = STORES[self.store]['again']

        def event(i):
            fence = self.arch.fence(i)
            return fence if fence and i.function == (caller or function) and \
                re.search(RECHECK_FENCE, i.source) else None

        # After a CMD_SYNC a load barrier, which a seqcount has of its own; else a full one.
        found, _ = self.paths(self.is_invs_load, self.is_again, event)
        synced = '' if self.store == 'seqcount_array' else self.expected_fence('SMP_RMB')
        want = {(f,) if f else () for f in (synced, self.expected_fence('SMP_MB'))}
        if found != want:
            self.finding('recheck', f'before the second load it has '
                         f'{words(path_words(p) for p in found)}, '
                         f'not {words(path_words(p) for p in want)}')

    def check_zeroing(self, stores):
        loop = reach(stores) & reach(stores, False, self.insns)

        def in_begin(i):
            return i.inside('smmu_gather_begin') and id(i) in loop

        self.zeroes = self.arch.zeroed(self.insns, in_begin)
        # A store with two walks (devices-list) has two batches.
        if self.variant == 'faithful' and (not self.zeroes or self.zeroes % BATCH_BYTES):
            self.finding('zeroing', f'zeroes {self.zeroes} bytes of its batch, '
                         f'not {BATCH_BYTES}')
        if self.variant == 'lean':
            wide = [i for i in self.insns if i.mn == 'rep stos' or
                    (i.kind == 'call' and calls(i) == 'memset')]
            if wide or self.zeroes >= 256:
                self.finding('zeroing', f'lean zeroes memory: {wide[0].text if wide else "stores"}')

    def check_calls(self):
        """No choice at run time, and no queue but the path's."""
        for i in self.insns:
            if i.kind in ('indirect call', 'indirect jump'):
                self.finding('indirect', f'{i.kind}: {i.text} at {i.where()}')
            if self.arch.compares(i) and CHOICES.search(i.source):
                self.finding('choice', f'{i.text} at {i.where()}: {i.source}')
            if i.kind == 'call' and calls(i).startswith(ISSUE) and \
                    calls(i) != ISSUE + self.path:
                self.finding('choice', f'calls {calls(i)}')


class MapUnmap(Instance):
    """A whole map + unmap with a barrier taken out."""

    def __init__(self, function, arch, up, row, device, budget):
        self.budget = budget
        if budget == 'NO_READER_FENCE':
            row = dict(row, reader='NONE')
        path = 'lockless_' + {'NULL_DEVICE': 'null', 'MODEL': 'model'}[device]
        if budget == 'NO_QUEUE_WMB':
            path += '_nowmb'
        super().__init__(function, arch, up, row, 'rcu_array', 'faithful', 'qsbr', path)

    def check(self):
        super().check()

        def is_map(i):
            return self.arch.is_store(i) and at(i, 'smmu_pte_map', None, 'WRITE_ONCE')

        # No IOPTE may be cleared: nobody told the compiler that the two counts are one.
        def is_end(i):
            return self.is_pte_store(i) or self.is_invs_load(i)

        def event(i):
            fence = self.arch.fence(i)
            return fence if fence and i.function == 'smmu_pte_map' else None

        found, _ = self.paths(is_map, is_end, event)
        fence = self.expected_fence('NONE' if self.budget == 'NO_MAP_WMB' else 'WMB')
        want = (fence,) if fence else ()
        if found != {want}:
            self.finding('map', f'map ends in {words(path_words(p) for p in found)}, '
                         f'not {path_words(want)}')


class BareFence(Instance):
    """The loop that measures one fence of fence.h."""

    def __init__(self, function, arch, up, fence):
        row = {'pte': 'PLAIN', 'reader': fence, 'post': 'NONE'}
        super().__init__(function, arch, up, row, 'rcu_array', 'lean', 'qsbr', 'none_null')
        self.invs_places = [('fence', None, r'READ_ONCE\(line\[1\]\)')]


def words(items):
    return ', '.join(sorted(items))


def path_words(path):
    return '; '.join(path) if path else 'no fence'
