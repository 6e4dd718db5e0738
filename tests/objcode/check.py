#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the compiler made of each strategy, between the IOPTE store and the load of invs.

check.py --strategies FILE --arch ARCH OBJDUMP OBJECT... [--arch ...] [--up] [-v]

Each unmap__* function of the objects has to have its strategy's fence on every path
from the last IOPTE store to the load of invs, and no other, but for those of its RCU
flavour, which are listed. Prints a table; exit 1 with a line for each finding.

With --planted the functions' last words name what is planted in them, or say that it
is right. Each has to be found out, by those names, and for nothing else.
"""

import argparse
import multiprocessing
import os
import sys

from arch import ARCHES, calls
from disasm import Objdump
from rules import (STORES, BareFence, Instance, MapUnmap, strategies)

# Stores with an order of their own have instances without a strategy.
OWN_ORDER = 'OWN_ORDER'

# What a function can be found out for.
CODES = {'store', 'load', 'fence', 'own', 'call', 'stray', 'recheck', 'zeroing', 'indirect',
         'choice', 'map'}


class Stale(Exception):
    """Lines of a source that has changed since say nothing."""


def instance(function, arch, up, rows, findings):
    """The Instance that a function's name says it is, or None."""
    parts = function.name.split('__')
    if parts[0] == 'unmap' and len(parts) == 7:
        _, store, strategy, path, variant, rcu, _ = parts
        if strategy == OWN_ORDER:
            return OwnOrder(function, arch, up, store, variant, path)
        if strategy not in rows:
            findings.append((function.name, 'name', f'no strategy {strategy}'))
            return None
        if store not in STORES:
            findings.append((function.name, 'name', f'where store {store} loads its entries '
                             'is not in rules.py'))
            return None
        return Instance(function, arch, up, rows[strategy], store, variant, rcu, path)
    if parts[0] == 'map_unmap' and len(parts) == 6:
        _, _, strategy, path, budget, _ = parts
        return MapUnmap(function, arch, up, rows[strategy], path.split('_', 1)[1], budget)
    if parts[0] == 'fence' and len(parts) == 3:
        return BareFence(function, arch, up, parts[1])
    return None


class OwnOrder(Instance):
    """Of a store that orders by its lock: no fence is asked for, the rest is."""

    def __init__(self, function, arch, up, store, variant, path):
        super().__init__(function, arch, up, {'pte': 'PLAIN', 'post': 'NONE'}, store, variant,
                         'any', path)

    def check(self):
        stores = [i for i in self.insns if self.is_pte_store(i)]
        self.check_calls()
        if not stores:
            self.finding('store', 'no IOPTE store found')
            return
        self.check_kinds(stores)
        self.check_zeroing(stores)


def missing(rows, instances, findings):
    """Each strategy needs both variants of each store and flavour that is here at all."""
    here = {(x.store, x.rcu) for x in instances if type(x) is Instance}
    have = {(x.row['name'], x.store, x.rcu, x.variant) for x in instances
            if type(x) is Instance}
    for store, rcu in sorted(here):
        # With mb's own fences few are worth compiling.
        for row in [] if rcu == 'mb' else rows.values():
            for variant in ('faithful', 'lean'):
                if 'USER' not in row['worlds'] and row['worlds'] != 'ALL':
                    continue
                if (row['name'], store, rcu, variant) not in have:
                    findings.append((row['name'], 'instance',
                                     f'no instance: {store}, {rcu}, {variant}'))
    if not here:
        findings.append(('objects', 'instance', 'no instance of the fast path in them'))


def table(header, lines):
    widths = [max(len(str(row[c])) for row in [header] + lines) for c in range(len(header))]
    for row in [header] + lines:
        print('  ' + '  '.join(str(v).ljust(w) for v, w in zip(row, widths)).rstrip())


def merged(rows):
    """Rows that differ only in their first column become one."""
    out = {}
    for first, rest in rows:
        out.setdefault(rest, [])
        if first not in out[rest]:
            out[rest].append(first)
    return [(', '.join(firsts),) + rest for rest, firsts in out.items()]


def cell(values):
    return ' or '.join(sorted(values)) if values else '-'


def path_cell(paths):
    return cell('; '.join(p) if p else '-' for p in paths)


def show(arch, up, rows, instances):
    title = f'{arch.name}{", single CPU" if up else ""}'
    strategic = [x for x in instances if type(x) is Instance]
    print(f'{title}: between the IOPTE store and the load of invs, '
          f'{len(strategic)} instances')
    lines = []
    for row in rows.values():
        per_store = []
        for store in STORES:
            mine = [x for x in strategic if x.row['name'] == row['name'] and x.store == store]
            if mine:
                per_store.append((store.replace('_', '-'), (
                    cell(set().union(*(x.store_kinds for x in mine))),
                    path_cell(set().union(*(x.between for x in mine))),
                    cell(set().union(*(x.load_kinds for x in mine))))))
        for stores, *found in merged(per_store):
            lines.append([row['name'], row['reader'].lower(), stores] + found)
    table(['strategy', 'reader', 'stores', 'IOPTE', 'between', 'invs'], lines)

    print(f'\n{title}: the RCU flavours\' own, left out above')
    lines = []
    for rcu in ('qsbr', 'memb', 'mb'):
        mine = [x for x in strategic if x.rcu == rcu]
        if mine:
            lines.append([rcu, path_cell(set().union(*(x.own for x in mine))),
                          cell(set().union(*(x.own_calls for x in mine))),
                          cell(set().union(*(x.elsewhere for x in mine)))])
    table(['flavour', 'between', 'calls (TLS)', 'elsewhere'], lines)

    bare = [x for x in instances if type(x) is BareFence]
    if bare:
        print(f'\n{title}: the bare fences')
        table(['fence', 'between'], [list(line) for line in dict.fromkeys(
            (x.row['reader'].lower(), path_cell(x.between)) for x in bare)])
    budget = [x for x in instances if type(x) is MapUnmap]
    own_order = [x for x in instances if type(x) is OwnOrder]
    zeroes = cell({str(x.zeroes) for x in instances if x.variant == 'faithful'})
    print(f'\n{title}: {len(strategic)} loops of strategies, {len(budget)} of map + unmap, '
          f'{len(own_order)} of stores with an order of their own: no indirect call, no choice '
          f'at run time; faithful zeroes {zeroes} bytes a call, lean none')


def check_object(path, objdump, arch, up, rows):
    """Instances and findings of one object."""
    dump = Objdump(objdump, path, arch)
    for source in dump.sources():
        if os.path.exists(source) and os.path.getmtime(source) > os.path.getmtime(path):
            raise Stale(f'{path} is older than {source}: build first')
    instances, findings, callees = [], [], set()
    for function in dump.functions.values():
        x = instance(function, arch, up, rows, findings)
        if x is None:
            continue
        x.check()
        instances.append(x)
        findings += [(function.name, code, text) for code, text in x.findings]
        callees |= {calls(i) for i in function.insns if i.kind == 'call'}
    for function in dump.functions.values():
        if function.name in callees:
            findings += [(function.name, 'indirect', f'{i.kind}: {i.text} at {i.where()}')
                         for i in function.insns if i.kind.startswith('indirect')]
    # A table that is folded away isn't in the object.
    if instances and 'smmu_strategies' in dump.symbols:
        findings.append((path, 'table', 'has the table smmu_strategies: something looks it up'))
    for x in instances:
        x.forget()
    return instances, findings


def planted(arch, instances, findings):
    """Each function found out for what its name says, and for that alone."""
    bad = not instances
    for x in instances:
        named = x.name.split('__')[-1].split('_')
        want = CODES & set(named)
        # Some differ from the right ones on one architecture only.
        if 'on' in named and named[-1] in ARCHES and named[-1] != arch.name:
            want = set()
        said = [f for f in findings if f[0] == x.name]
        ok = {code for _, code, _ in said} == want
        bad |= not ok
        print(f'{"ok" if ok else "NOT"}: {arch.name}: {" ".join(named)} '
              f'({x.row["name"]}, {x.variant}): '
              f'{"; ".join(f"{code}: {text}" for _, code, text in said) or "nothing"}')
    for where, code, text in findings:
        if where not in {x.name for x in instances}:
            print(f'{arch.name}: {os.path.basename(where)}: {code}: {text}')
    if not any(code == 'table' for _, code, _ in findings):
        print(f'NOT: {arch.name}: the table that is looked up was not found')
        bad = True
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--strategies', required=True, help='strategies.def')
    parser.add_argument('--arch', nargs='+', action='append', required=True,
                        metavar='ARG', help='architecture, its objdump, objects')
    parser.add_argument('--up', action='store_true', help='built for a single CPU')
    parser.add_argument('--planted', action='store_true', help='each is wrong as it is named')
    parser.add_argument('-v', action='store_true', dest='verbose', help='a line an instance')
    args = parser.parse_args()

    rows = strategies(args.strategies)
    failed = 0
    for name, objdump, *objects in args.arch:
        arch, findings, instances = ARCHES[name], [], []
        if not objects:
            print(f'no objects for {name}: its compiler is not installed (packages.list)')
            return 77
        work = [(path, objdump, arch, args.up, rows) for path in objects]
        with multiprocessing.Pool(min(len(work), os.cpu_count())) as pool:
            try:
                for of_one, wrong in pool.starmap(check_object, work, chunksize=1):
                    instances += of_one
                    findings += wrong
            except Stale as stale:
                print(stale)
                return 1
        if args.planted:
            failed |= planted(arch, instances, findings)
            continue
        missing(rows, instances, findings)
        if args.verbose:
            for x in instances:
                print(f'{x.name}: {cell(x.store_kinds)} | {path_cell(x.between)} | '
                      f'{cell(x.load_kinds)} | own: {path_cell(x.own)}')
        show(arch, args.up, rows, instances)
        for where, code, text in findings:
            print(f'{arch.name}: {where}: {code}: {text}')
        print(f'{arch.name}: {len(instances)} functions, {len(findings)} findings\n')
        failed |= bool(findings)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
