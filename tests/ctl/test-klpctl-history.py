#!/usr/bin/python3
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klpctl history: what is read back of a journal, and what is said where there is none. Called as klpctl_stage.py says."""

import json
import os
import pathlib
import re
import tempfile

from klpctl_stage import HERE, IN_BOTH, Failure, Skip, expect_code, expect_equal, expect_text, klpctl, run_tests, test
from make_journal import hash64, write_journal

NOWHERE = 'unix:path=/nonexistent'
UNIT = {'_SYSTEMD_UNIT': 'klpwatchd.service'}
START = 1727690000 * 1000000  # 2024-09-30 09:53:20 UTC
SECOND = 1000000

RECORDS = [
    (START, {**UNIT, 'MESSAGE': 'Live patch a was loaded.', 'KLPWATCH_EVENT': 'patch-loaded', 'KLPWATCH_PATCH': 'a'}),
    (START + SECOND, {'_SYSTEMD_UNIT': 'other.service', 'MESSAGE': 'Forged.', 'KLPWATCH_EVENT': 'patch-gone'}),
    (START + 2 * SECOND, {**UNIT, 'MESSAGE': 'A line like any other.'}),
    (START + 90 * SECOND, {**UNIT, 'MESSAGE': 'The transition of live patch a hangs.', 'KLPWATCH_EVENT': 'transition-stalled',
                           'KLPWATCH_PATCH': 'a', 'KLPWATCH_DIRECTION': 'to', 'KLPWATCH_KERNEL': '5.14.0'}),
    (START + 3600 * SECOND, {**UNIT, 'MESSAGE': 'Live patch a is applied: \x1b[31mred.', 'KLPWATCH_EVENT': 'transition-finished',
                             'KLPWATCH_PATCH': 'a', 'KLPWATCH_DIRECTION': 'to', 'KLPWATCH_TOOK_USEC': '3600000000'}),
]


def history(folder, *options, **environment):
    return klpctl(NOWHERE, 'history', f'--directory={folder}', *options, **environment)


@test
def the_hash_is_the_one_of_journal_files():
    """The figures that lookup3.c itself gives."""
    expect_equal(hash64(b''), 0xdeadbeefdeadbeef)
    expect_equal(hash64(b'Four score and seven years ago'), 0x17770551ce7226e6)


@test
def only_the_daemons_own_records_are_shown_oldest_first():
    with tempfile.TemporaryDirectory() as folder:
        write_journal(folder, RECORDS)
        run = history(folder)
        expect_code(run, 0)
        lines = run.stdout.splitlines()
        expect_equal(lines[0].split(), ['TIME', 'EVENT', 'WHAT', 'HAPPENED'] if 'EVENT' in lines[0] else ['TIME', 'WHAT', 'HAPPENED'])
        expect_equal([line[:20] for line in lines[1:]], ['2024-09-30 09:53 UTC', '2024-09-30 09:54 UTC', '2024-09-30 10:53 UTC'])
        if 'Forged' in run.stdout or 'any other' in run.stdout or '\x1b' in run.stdout:
            raise Failure(run.stdout)
        bare = history(folder, '--no-legend').stdout.splitlines()
        expect_equal(len(bare), 3)
        wide = history(folder, COLUMNS='200').stdout
        if 'transition-stalled' not in wide:
            raise Failure(wide)


@test
def what_happened_is_a_table():
    with tempfile.TemporaryDirectory() as folder:
        write_journal(folder, RECORDS)
        for columns, width in ((80, ''), (120, '.120')):
            for locale, suffix in IN_BOTH:
                run = history(folder, COLUMNS=str(columns), locale=locale)
                expect_equal((run.returncode, run.stderr, [line for line in run.stdout.splitlines() if len(line) > columns]), (0, '', []))
                expect_text(run.stdout, f'records.history{width}{suffix}.txt')


@test
def json_has_every_field():
    with tempfile.TemporaryDirectory() as folder:
        write_journal(folder, RECORDS)
        rows = json.loads(history(folder, '--json=short').stdout)['history']
        expect_equal([row['event'] for row in rows], ['patch-loaded', 'transition-stalled', 'transition-finished'])
        expect_equal(rows[1], {'time': '2024-09-30T09:54:50Z', 'event': 'transition-stalled',
                               'text': 'The transition of live patch a hangs.', 'kernel': '5.14.0', 'patch': 'a', 'feed': None,
                               'replaced_by': None, 'direction': 'to', 'took_usec': None, 'reason': None,
                               'coverage_before': None, 'coverage': None})
        expect_equal(rows[2]['took_usec'], 3600000000)
        source = (HERE.parent.parent / 'daemon/alert/alert-journal.c').read_text(encoding='utf-8')
        fields = {name.lower() for name in re.findall(r'"KLPWATCH_([A-Z_]+)"', source)}
        expect_equal(sorted(fields | {'time', 'text'}), sorted(rows[0]))


@test
def each_kind_of_event_is_read_back():
    daemon = HERE.parent.parent / 'daemon'
    kinds = re.findall(r'\[EVENT_\w+\] = "([a-z-]+)"', (daemon / 'core/change-event.c').read_text(encoding='utf-8'))
    ids = dict(re.findall(r'#define MESSAGE_(?!ALERT_)(\w+) "(\w{32})"', (daemon / 'alert/message-ids.h').read_text(encoding='utf-8')))
    expect_equal(sorted(kind.upper().replace('-', '_') for kind in kinds), sorted(ids))
    with tempfile.TemporaryDirectory() as folder:
        write_journal(folder, [(START + n * SECOND, {**UNIT, 'MESSAGE': f'It was {kind}.', 'KLPWATCH_EVENT': kind,
                                                     'MESSAGE_ID': ids[kind.upper().replace('-', '_')]})
                               for n, kind in enumerate(kinds)])
        expect_equal([row['event'] for row in json.loads(history(folder, '-j').stdout)['history']], kinds)
        lines = history(folder, '--no-legend', COLUMNS='200').stdout.splitlines()
        expect_equal([line.split('UTC ')[1].split()[0] for line in lines], kinds)


@test
def since_leaves_out_what_was_before():
    with tempfile.TemporaryDirectory() as folder:
        write_journal(folder, RECORDS)
        for since, n_rows in (('2024-09-30', 3), ('2024-09-30T09:54:00Z', 2), ('2024-09-30T09:54:50Z', 2),
                              ('2024-09-30T09:54:51Z', 1), ('2024-10-01', 0)):
            expect_equal((since, len(json.loads(history(folder, f'--since={since}', '-j').stdout)['history'])), (since, n_rows))
        run = history(folder, '--since=2024-10-01')
        expect_equal(run.stdout, 'Nothing has happened since 2024-10-01 00:00 UTC, as far as klpwatchd saw.\n')


@test
def more_than_can_be_shown_are_the_newest():
    with tempfile.TemporaryDirectory() as folder:
        write_journal(folder, [(START + n, {**UNIT, 'MESSAGE': f'Event {n}.', 'KLPWATCH_EVENT': 'patch-loaded'})
                               for n in range(10010)])
        rows = json.loads(history(folder, '-j').stdout)['history']
        expect_equal((len(rows), rows[0]['text'], rows[-1]['text']), (10000, 'Event 10.', 'Event 10009.'))


@test
def no_record_is_said():
    with tempfile.TemporaryDirectory() as folder:
        write_journal(folder, RECORDS[1:3])
        run = history(folder)
        expect_code(run, 0)
        expect_equal(run.stdout, 'Nothing has happened since the journal begins, as far as klpwatchd saw.\n')
        expect_equal(json.loads(history(folder, '-j').stdout), {'schema': 1, 'history': []})
        expect_equal(history(folder, '--no-legend').stdout, '')


@test
def what_cannot_be_read_is_named():
    run = history('/nonexistent')
    expect_equal((run.returncode, run.stderr), (1, 'klpctl: /nonexistent cannot be read: No such file or directory.\n'))
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, 'system.journal').write_bytes(b'LPKSHHRH, and nothing else')
        expect_code(history(folder), 0)


@test
def a_host_without_a_journal_or_without_the_right_is_no_quiet_one():
    machine = pathlib.Path('/etc/machine-id')
    if machine.exists() and any(os.access(f'{place}/log/journal/{machine.read_text(encoding="utf-8").strip()}/system.journal', os.R_OK)
                                for place in ('/var', '/run')):
        raise Skip('this host has a journal, and this user may read it')
    run = klpctl(NOWHERE, 'history')
    expect_code(run, 1)
    if 'No journal is kept on this host' not in run.stderr and 'root and the group systemd-journal' not in run.stderr:
        raise Failure(run.stderr)


run_tests()
