#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles one object of a build for another architecture, with that build's flags.

cross.py COMPILE_COMMANDS TARGET OUTPUT COMPILER FLAG...
"""

import json
import os
import shlex
import sys


def command_of(path, target):
    with open(path, encoding='utf-8') as f:
        for entry in json.load(f):
            if f'/{target}.dir/' in entry['command']:
                return entry
    raise SystemExit(f'{path}: nothing is compiled for {target}')


def main():
    database, target, output, compiler, *flags = sys.argv[1:]
    entry = command_of(database, target)
    words = shlex.split(entry['command'])[1:]
    at = words.index('-o')
    del words[at:at + 2]
    os.makedirs(os.path.dirname(output), exist_ok=True)
    os.chdir(entry['directory'])
    os.execvp(compiler, [compiler] + flags + words + ['-o', output])


if __name__ == '__main__':
    main()
