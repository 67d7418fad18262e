#!/usr/bin/python3
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klpctl: changes as they happen. Called as klpctl_stage.py says."""

import json
import os
import re
import signal

from klpctl_stage import IN_BOTH, Daemon, Monitor, expect_equal, expect_text, run_tests, test


def expect_change(monitor, row):
    line = json.loads(monitor.line())
    expect_equal(re.sub(r'\d', '9', line['time']), '9999-99-99T99:99:99Z')
    expect_equal((line['schema'], *[line[key] for key in ('object', 'event', 'property', 'old', 'new')]), (1, *row))


@test
def monitor_prints_a_line_a_change():
    with Daemon('covered') as daemon:
        for locale, arrow in (('C.UTF-8', '→'), ('C', '->')):
            monitor = Monitor(daemon, locale=locale)
            new, old = ('applied', 'outdated') if arrow == '→' else ('outdated', 'applied')
            daemon.tell(f'set Patch {new}')
            daemon.heard('GetManagedObjects')  # else the next monitor would take this look for its own
            line = monitor.line()
            expect_equal(re.fullmatch(rf'\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC  host  Patch  {old} {arrow} {new}\n', line) and 1, 1)
            monitor.end(signal.SIGTERM if arrow == '→' else signal.SIGINT)


@test
def monitor_prints_objects_as_json_and_goes_on_behind_a_restart():
    with Daemon('covered') as daemon:
        monitor = Monitor(daemon, '-j')
        expected = [('livepatch kpatch_a_1_2', 'changed', 'Enabled', 'no', 'yes'),
                    ('livepatch kpatch_a_1_2', 'went', None, None, None),
                    ('host', 'changed', 'Stream', None, 'rhel-9.4'),
                    ('klpwatchd', 'ended; waiting for it', None, None, None),
                    ('klpwatchd', 'is back', None, None, None),
                    ('host', 'changed', 'Stream', 'rhel-9.4', None),
                    ('livepatch kpatch_a_1_2', 'appeared', None, None, None)]
        for order in 'enable', 'drop', 'set Stream rhel-9.4':
            daemon.tell(order)
            expect_change(monitor, expected.pop(0))  # so that the daemon does not end in the middle of an answer
        daemon.end()
        daemon.start()
        for row in expected:
            expect_change(monitor, row)
        monitor.end()


@test
def monitor_names_feeds_and_alerts_and_leaves_out_when_a_feed_is_asked():
    with Daemon('covered') as daemon:
        monitor = Monitor(daemon, '-j')
        daemon.tell('ask')
        daemon.heard('GetManagedObjects')
        daemon.tell('stale')
        expect_change(monitor, ('feed redhat-csaf', 'changed', 'State', 'fresh', 'stale'))
        expect_change(monitor, ('alert feed-stale', 'appeared', None, None, None))
        monitor.end()


@test
def monitor_has_columns_for_what_and_from_what_to_what():
    for locale, suffix in IN_BOTH:
        with Daemon('covered') as daemon:
            monitor, lines = Monitor(daemon, locale=locale), []
            for order, n_lines in ('set Patch applied', 1), ('enable', 1), ('drop', 1), ('stale', 2):
                daemon.tell(order)
                lines += [monitor.line() for _ in range(n_lines)]
            monitor.end()
            expect_text(re.sub(r'(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC', 'YYYY-MM-DD HH:MM:SS UTC', ''.join(lines)), f'covered.monitor{suffix}.txt')


@test
def monitor_ends_when_nobody_reads_it():
    with Daemon('covered') as daemon:
        monitor = Monitor(daemon)
        monitor.process.stdout.close()
        monitor.process.stdout = open(os.devnull, encoding='utf-8')
        monitor.end(0)


run_tests()
