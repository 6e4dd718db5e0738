#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds a strategy, by one line in strategies.def, to a copy of the project, and looks
for it wherever strategies are.

strategy.py TOP CMAKE CC OBJDUMP
"""

import glob
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

NAME, ID = 'probe-rmb', 'PROBE_RMB'
LINE = (f'STRATEGY({ID}, "{NAME}", PLAIN, RMB, NONE, DMA_WMB, NONE, NONE, ALL, '
        '"a test", "a read barrier in the reader")\n')
DEF = 'kmod/smmu/strategies.def'
STORES = ('rcu_array', 'rcu_list', 'seqcount_array')
HERE = os.path.dirname(os.path.abspath(__file__))

failed = []


def run(*command, cwd, status=0):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding='utf-8', errors='replace')
    if done.returncode != status:
        sys.exit(f'{" ".join(command)}: status {done.returncode}, not {status}\n'
                 f'{done.stdout[-4000:]}')
    return done.stdout


def found(where, text, pattern):
    m = re.search(pattern, text, re.M)
    print(f'{"ok" if m else "NOT"}: {where}: {m.group(0).strip() if m else pattern}')
    if not m:
        failed.append(where)


def git(tree, *args):
    return run('git', '-c', 'user.name=test', '-c', 'user.email=test@localhost', *args, cwd=tree)


def copy(top, tree):
    """The tracked files as they are now, committed."""
    listed = subprocess.run(['git', '-c', 'safe.directory=*', 'ls-files', '-z'], cwd=top,
                            stdout=subprocess.PIPE, encoding='utf-8')
    if listed.returncode:
        print('no git checkout, so no list of files to copy')
        sys.exit(77)
    for path in filter(None, listed.stdout.split('\0')):
        if os.path.isfile(os.path.join(top, path)):
            os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
            shutil.copy(os.path.join(top, path), os.path.join(tree, path))
    git(tree, 'init', '-q')
    git(tree, 'add', '-A')
    git(tree, 'commit', '-q', '-m', 'before')


def build(tree, cmake, cc):
    """Without twins and with few queues: what a strategy needs, in a third of the time."""
    where = os.path.join(tree, 'build', 'release')
    run(cmake, '-S', tree, '-B', where, '-G', 'Ninja', f'-DCMAKE_C_COMPILER={cc}',
        '-DINVBENCH_TWIN=OFF', '-DCMAKE_C_FLAGS=-USMMU_INSTANCE_FEW -DSMMU_INSTANCE_FEW=1',
        cwd=tree)
    run(cmake, '--build', where, '-j', '2', '--target', 'invbench', 'test-stores-conform',
        cwd=tree)
    return where


def look_at_lists(tree, invbench):
    found('list', run(invbench, 'list', '--strategies', cwd=tree), rf'^{NAME} .*\brmb\b.*dma_wmb')
    rows = json.loads(run(invbench, 'list', '--strategies', '--json', cwd=tree))['strategies']
    found('list --json', '\n'.join(r['name'] + ' ' + r['reader'] for r in rows), rf'^{NAME} rmb$')
    for job in sorted(glob.glob(os.path.join(tree, 'jobs', '*.job'))):
        with open(job, encoding='utf-8') as f:
            text = f.read()
        # This build has few loops with queues.
        if not re.search(r'^strategy = all$', text, re.M) or re.search('^queue =', text, re.M):
            continue
        name = os.path.basename(job)[:-len('.job')]
        found(f'plan of {name}', run(invbench, 'run', '--dry-run', '--cells', name, cwd=tree),
              rf'^ *{NAME}\b.*$')


def look_at_objects(tree, where, objdump):
    check = [sys.executable, '-B', os.path.join(tree, 'tests/objcode/check.py')]
    arch = platform.machine()
    objects = [o for s in STORES for o in sorted(glob.glob(os.path.join(
        where, f'kmod/smmu/CMakeFiles/smmu_{s}_*_0.dir/stores/{s}.c.o')))]
    words = ['--arch', arch, objdump] + objects
    fence = {'x86_64': 'lfence', 'aarch64': 'dsb ld'}[arch]
    said = run(*check, '--strategies', os.path.join(tree, DEF), *words, cwd=tree)
    found('object code', said, rf'^ *{NAME} +rmb +rcu-array\b.*\b{fence}\b')

    # The control: a line that nothing was compiled for.
    ghost = os.path.join(tree, 'build', 'ghost.def')
    shutil.copy(os.path.join(tree, DEF), ghost)
    with open(ghost, 'a', encoding='utf-8') as f:
        f.write(LINE.replace(ID, 'GHOST').replace(NAME, 'ghost'))
    said = run(*check, '--strategies', ghost, *words, cwd=tree, status=1)
    found('object code, a line not compiled', said, r'^.*: ghost: instance: no instance.*')


def look_at_run(tree, invbench):
    out = os.path.join(tree, 'results', 'probe')
    said = run(invbench, 'run', os.path.join(HERE, 'probe.job'), '-q', f'--out={out}', cwd=tree)
    tables = re.split(r'\n\n', said)
    for title in ('inv_range by strategy', 'attach + detach by strategy'):
        mine = [t for t in tables if title in t.splitlines()[0]]
        found(f'run, {title}', '\n'.join(mine), rf'^ *\d+ +{NAME} .*')
    found('run, the choice', said, rf'^{NAME} .*not judged.*')
    found('choose', run(invbench, 'choose', out, cwd=tree), rf'^{NAME} .*not judged.*')
    with open(os.path.join(out, 'cells.json'), encoding='utf-8') as f:
        names = [b['name'] for b in json.load(f)['benchmarks']]
    found('cells.json', '\n'.join(names), rf'^.*{NAME}.*$')
    if shutil.which('gnuplot'):
        drawn = ''
        for path in glob.glob(os.path.join(out, 'plots', '*.dat')):
            with open(path, encoding='utf-8') as f:
                drawn += f.read()
        found('plots', drawn, rf'^.*{NAME}.*$')


def look_at_conformance(tree, where, objdump):
    suite = os.path.join(where, 'tests', 'stores', 'test-stores-conform')
    for store in STORES:
        found(f'conformance, {store}', run(objdump, '-t', suite, cwd=tree),
              rf'unmap__{store}__{ID}__none_null__faithful__\w+$')
    found('conformance', run(suite, cwd=tree), r'^\[  PASSED  \] .*')


def main():
    top, cmake, cc, objdump = sys.argv[1:]
    with tempfile.TemporaryDirectory() as tree:
        copy(top, tree)
        with open(os.path.join(tree, DEF), 'a', encoding='utf-8') as f:
            f.write(LINE)
        stat = git(tree, 'diff', '--numstat')
        found('files touched', stat, rf'\A1\t0\t{DEF}\n\Z')

        where = build(tree, cmake, cc)
        invbench = os.path.join(where, 'invbench')
        look_at_lists(tree, invbench)
        look_at_objects(tree, where, objdump)
        look_at_run(tree, invbench)
        look_at_conformance(tree, where, objdump)
        # What was built and run has left the sources alone.
        found('files touched in the end', git(tree, 'diff', '--numstat'),
              rf'\A1\t0\t{DEF}\n\Z')
    if failed:
        sys.exit(f'{NAME} is not in: {", ".join(failed)}')


if __name__ == '__main__':
    main()
