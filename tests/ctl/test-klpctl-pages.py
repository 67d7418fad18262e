#!/usr/bin/python3
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klpctl: what each verb shows of the situations of a host. Called as klpctl_stage.py says."""

import json
import os
import pathlib
import tempfile

from klpctl_stage import (IN_BOTH, SANITIZED, Daemon, Failure, expect_code, expect_equal, expect_page, expect_text, klpctl, run_tests,
                          test)


@test
def a_healthy_host_is_told_in_one_screen():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.status')
        expect_equal(klpctl(daemon.address).stdout, klpctl(daemon.address, 'status').stdout)
        lines = klpctl(daemon.address).stdout.splitlines()
        if len(lines) > 24:
            raise Failure(f'{len(lines)} lines')


@test
def every_bad_line_names_the_command_that_mends_it():
    with Daemon('trouble') as daemon:
        expect_page(daemon, 'trouble.status', 'status')


@test
def a_host_without_facts_says_that_it_knows_nothing():
    with Daemon('nothing-known') as daemon:
        for verb in 'status', 'exposures', 'kernels', 'plan':
            expect_page(daemon, f'nothing-known.{verb}', verb)


@test
def an_answer_without_any_key_is_shown_as_not_known():
    with Daemon('empty-answer') as daemon:
        for verb in 'status', 'exposures', 'kernels', 'plan':
            expect_page(daemon, f'empty-answer.{verb}', verb)


@test
def a_host_that_cannot_be_live_patched_is_left_in_peace():
    with Daemon('not-applicable') as daemon:
        expect_page(daemon, 'not-applicable.status', 'status')
        expect_page(daemon, 'not-applicable.plan', 'plan')


@test
def a_host_that_does_not_want_live_patches_is_not_nagged():
    with Daemon('not-wanted') as daemon:
        expect_page(daemon, 'not-wanted.status', 'status')
        expect_page(daemon, 'not-wanted.plan', 'plan')
        for mark in '×!?':
            if mark in klpctl(daemon.address, 'status').stdout:
                raise Failure(f'{mark} is shown')


@test
def a_transition_that_hangs_comes_first():
    with Daemon('stalled') as daemon:
        expect_page(daemon, 'stalled.status', 'status')
        expect_page(daemon, 'stalled.plan', 'plan')
        expect_page(daemon, 'stalled.exposures', 'exposures')


@test
def open_exposures_fit_eighty_columns():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.exposures', 'exposures')
        expect_page(daemon, 'covered.exposures-all', 'exposures', '--all')
    with Daemon('trouble') as daemon:
        expect_page(daemon, 'trouble.exposures', 'exposures')


@test
def why_shows_the_chain_of_facts():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.why-live-patched', 'why', 'cve-2024-36971')
        expect_page(daemon, 'covered.why-reboot-needed', 'why', 'CVE-2024-41090')
        expect_page(daemon, 'covered.why-without-facts', 'why', 'CVE-2023-52771')


@test
def why_does_not_call_an_unnamed_cve_safe():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.why-unnamed', 'why', 'CVE-2024-0001', code=1)


@test
def kernels_are_drawn_on_a_time_line():
    for situation in 'covered', 'trouble':
        with Daemon(situation) as daemon:
            expect_page(daemon, f'{situation}.kernels', 'kernels')
            expect_page(daemon, f'{situation}.kernels-all', 'kernels', '--all')


@test
def the_time_line_follows_the_width_and_goes_when_there_is_no_room():
    with Daemon('covered') as daemon:
        wide = klpctl(daemon.address, 'kernels', COLUMNS='120').stdout
        narrow = klpctl(daemon.address, 'kernels', COLUMNS='42').stdout
        expect_text(wide, 'covered.kernels-wide.txt')
        if '█' in narrow or '5.14.0-427.13.1.el9_4' not in narrow:
            raise Failure(narrow)


@test
def the_plan_says_what_by_when_and_what_it_gains():
    with Daemon('trouble') as daemon:
        expect_page(daemon, 'trouble.plan', 'plan')
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.plan', 'plan')


@test
def the_way_back_is_told_from_a_way_on():
    def fell_out(situation):
        describe = situation['describe']
        describe['host']['kernel'] = describe['next_boot']['kernel'] = '5.14.0-427.37.1.el9_4.x86_64'
        describe['coverage'] |= {'state': 'unsupported', 'eligible': 'no', 'end': None, 'days_left': None}
        describe['next_boot'] |= {'eligible': 'no', 'end': None, 'leaves_stream': True}
        describe['reboot'] |= {'now': True, 'by': None, 'kernel': '5.14.0-427.13.1.el9_4.x86_64', 'installed': True, 'eligible': 'yes',
                               'coverage_until': '2025-04-30', 'older': True, 'closes': 0, 'opens': 186, 'opens_severe': 2}
        describe['advice'] |= {'action': 'reboot', 'by': None, 'kernel': '5.14.0-427.13.1.el9_4.x86_64', 'text': 'The way back is an older one.'}

    with Daemon('covered', fell_out) as daemon:
        expect_page(daemon, 'older.plan', 'plan')
        expect_page(daemon, 'older.status', 'status')


@test
def a_plan_for_another_day_says_that_it_is_a_what_if():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.plan-at', 'plan', '--at=2025-05-02')
        expect_equal(daemon.calls(), ['DescribeAt 1746144000000000'] * 2)


@test
def json_is_the_daemons_answer_and_does_not_depend_on_the_locale():
    with Daemon('covered') as daemon:
        for form in 'short', 'pretty':
            for arguments in ('status',), ('exposures', '--all'), ('kernels', '--all'), ('why', 'CVE-2024-36971'), ('plan',):
                utf8 = klpctl(daemon.address, *arguments, f'--json={form}')
                ascii_only = klpctl(daemon.address, *arguments, f'--json={form}', locale='C')
                expect_code(utf8, 0)
                expect_equal(utf8.stdout, ascii_only.stdout)
                expect_equal(utf8.stdout.count('\n') == 1, form == 'short')
        status = json.loads(klpctl(daemon.address, '--json=short').stdout)
        expect_equal(status, daemon.situation['describe'])
        for verb, arguments in (('exposures', ['--all']), ('kernels', ['--all']), ('why', ['CVE-2024-36971']), ('plan', [])):
            expect_text(klpctl(daemon.address, verb, *arguments, '--json=pretty').stdout, f'covered.{verb}.json')
        kernels = [len(json.loads(klpctl(daemon.address, 'kernels', *option, '-j').stdout)['kernels']) for option in ([], ['--all'])]
        expect_equal(kernels, [5, 7])
        deadline = json.loads(klpctl(daemon.address, 'why', 'CVE-2024-41090', '--json=short').stdout)['deadline']
        expect_equal(deadline, '2024-10-24')
        expect_equal(klpctl(daemon.address, 'status', '--json=off').stdout, klpctl(daemon.address).stdout)


@test
def nothing_listed_is_an_empty_json_list():
    with Daemon('stalled') as daemon:
        expect_equal(klpctl(daemon.address, 'exposures', '--json=short').stdout, '{"schema":1,"exposures":[]}\n')


@test
def rescan_asks_the_daemon_and_says_what_is_so_then():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.rescan', 'rescan')
        expect_equal(daemon.calls()[:2], ['Rescan', 'Describe'])


@test
def what_was_done_is_confirmed_in_a_sentence():
    here = os.getcwd()
    with Daemon('covered') as daemon, tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            pathlib.Path('in.digest').write_text('anything', encoding='utf-8')
            for verb, *words in ['refresh'], ['import', 'in.digest'], ['export-digest', 'out.digest']:
                expect_page(daemon, f'covered.{verb}', verb, *words)
            expect_equal(pathlib.Path('out.digest').stat().st_size > 0, True)
        finally:
            os.chdir(here)


@test
def refresh_asks_the_daemon_and_says_what_is_so_then():
    with Daemon('covered') as daemon:
        expect_equal(klpctl(daemon.address, 'refresh', '-j').stdout, '{"schema":1,"done":true}\n')
        run = klpctl(daemon.address, 'refresh')
        expect_equal(run.stdout.startswith('Asked all feeds for what is new. '), True)
        expect_equal([call for call in daemon.calls() if call == 'Refresh'], ['Refresh'] * 2)


@test
def a_refresh_that_fails_names_the_verb_that_tells_more():
    def failing(situation):
        situation['errors'] = {'Refresh': 'org.klpwatch1.Error.RefreshFailed'}

    with Daemon('covered', failing) as daemon:
        run = klpctl(daemon.address, 'refresh')
        expect_code(run, 1)
        expect_equal(run.stderr.splitlines(), ['klpctl: Refresh did not work', '→ klpctl feeds'])


def with_feeds(situation):
    situation['describe']['freshness']['feeds'] = [
        {'name': 'imported', 'state': 'stale', 'complete_to': '2024-08-01T00:00:00Z', 'records': 12, 'type': None,
         'last_success': None, 'next_attempt': None, 'error': None},
        {'name': 'mirror', 'state': 'never', 'complete_to': None, 'records': 0, 'type': 'package-cache',
         'last_success': None, 'next_attempt': '2024-09-28T06:05:00Z',
         'error': "no repository's metadata below /srv/mirror"},
        {'name': 'package-cache', 'state': 'fresh', 'complete_to': '2024-09-27T18:00:00Z', 'records': 812,
         'type': 'package-cache', 'last_success': '2024-09-28T02:00:00Z', 'next_attempt': '2024-09-28T08:00:00Z',
         'error': None}]


def with_alerts(situation):
    common = {'kernel': '5.14.0-427.13.1.el9_4.x86_64', 'patch': None, 'feed': None, 'cves': [], 'coverage_end': None}
    situation['describe'] |= {'level': 'critical', 'alerts': [
        {'id': 'coverage-ending', 'class': 'coverage-ending', 'level': 'critical', 'since': '2024-09-20T06:00:00Z',
         'text': 'Live-patch coverage of 5.14.0-427.13.1.el9_4.x86_64 ends on 2024-10-02.', 'acknowledged': False,
         'action': 'Install 5.14.0-503.14.1.el9_5, make it the default kernel and reboot; it is covered until 2025-11-12.',
         'snoozed_until': None} | common,
        {'id': 'transition-stalled', 'class': 'transition-stalled', 'level': 'warning', 'since': '2024-09-30T11:50:00Z',
         'text': 'The transition of live patch kpatch_x hangs.', 'action': 'klpctl patches --blocking', 'acknowledged': False,
         'snoozed_until': None} | common,
        {'id': 'exposure', 'class': 'exposure', 'level': 'warning', 'since': '2024-09-01T00:00:00Z', 'acknowledged': True,
         'text': 'Only a newer kernel closes 2 open CVEs (0 critical, 2 important).', 'action': 'No kernel is known.',
         'snoozed_until': None} | common,
        {'id': 'feed-stale', 'class': 'feed-stale', 'level': 'info', 'since': '2024-09-29T00:00:00Z', 'acknowledged': False,
         'text': 'The newest facts about rhel-9.4 are of 2024-08-01.', 'action': 'klpctl refresh',
         'snoozed_until': '2024-10-03T12:00:00Z'} | common]}


@test
def alerts_say_what_is_wrong_and_what_to_do():
    with Daemon('covered', with_alerts) as daemon:
        expect_page(daemon, 'alerts.alerts', 'alerts')
        expect_page(daemon, 'alerts.status', 'status')
        rows = json.loads(klpctl(daemon.address, 'alerts', '-j').stdout)['alerts']
        expect_equal([row['id'] for row in rows], ['coverage-ending', 'transition-stalled', 'exposure', 'feed-stale'])
    with Daemon('covered') as daemon:
        expect_equal(klpctl(daemon.address, 'alerts').stdout, 'It is not known whether there are alerts.\n')
    with Daemon('covered', lambda situation: situation['describe'].update({'level': 'ok', 'alerts': []})) as daemon:
        expect_equal(klpctl(daemon.address, 'alerts').stdout, 'There is no alert.\n')
        expect_equal(klpctl(daemon.address, 'alerts', '-j').stdout, '{"schema":1,"alerts":[]}\n')


@test
def alerts_are_put_aside_by_name():
    with Daemon('covered', with_alerts) as daemon:
        run = klpctl(daemon.address, 'alerts', 'ack', 'exposure', 'feed-stale', '--no-ask-password')
        expect_equal(run.stdout.startswith('Acknowledged. '), True)
        expect_equal(klpctl(daemon.address, 'alerts', 'snooze', 'exposure', '3d', '-j').stdout, '{"schema":1,"done":true}\n')
        calls = [call for call in daemon.calls() if call.startswith(('Acknowledge', 'Snooze'))]
        expect_equal(calls[:2], ['Acknowledge exposure', 'Acknowledge feed-stale'])
        expect_equal(calls[2].startswith('Snooze exposure 1'), True)
    for words, said in ((['ack'], "'alerts ack' needs an id"), (['snooze', 'exposure'], "'alerts snooze' needs an id and a time"),
                        (['snooze', 'exposure', 'soon'], "'alerts snooze' needs"), (['snooze', '3d'], "'alerts snooze' needs"),
                        (['ack', 'exposures'], "Did you mean 'exposure'?"), (['acc', 'exposure'], "Did you mean 'ack'?"),
                        (['ack', 'exposure', '--follow'], 'acts on none'), (['snooze', 'exposure', '0d'], 'needs an id')):
        run = klpctl('unix:path=/nonexistent', 'alerts', *words)
        expect_code(run, 1)
        if said not in run.stderr:
            raise Failure(run.stderr)


@test
def feeds_tells_where_facts_come_from_and_what_did_not_work():
    with Daemon('covered', with_feeds) as daemon:
        expect_page(daemon, 'feeds.feeds', 'feeds')
        rows = json.loads(klpctl(daemon.address, 'feeds', '-j').stdout)['feeds']
        expect_equal([row['name'] for row in rows], ['imported', 'mirror', 'package-cache'])
        expect_equal(klpctl(daemon.address, 'feeds', '--no-legend').stdout.startswith('imported '), True)
    with Daemon('nothing-known') as daemon:
        expect_page(daemon, 'nothing-known.feeds', 'feeds')
        expect_equal(klpctl(daemon.address, 'feeds', '-j').stdout, '{"schema":1,"feeds":[]}\n')
    with Daemon('empty-answer') as daemon:
        expect_equal(klpctl(daemon.address, 'feeds', '-j').stdout, '{"schema":1,"feeds":[]}\n')


@test
def patches_shows_each_link_whole_or_broken():
    for situation in 'covered', 'trouble', 'stalled', 'nothing-known', 'empty-answer', 'not-applicable', 'not-wanted', 'hostile':
        with Daemon(situation) as daemon:
            expect_page(daemon, f'{situation}.patches', 'patches')
            links = [patch['links'] for patch in json.loads(klpctl(daemon.address, 'patches', '-j').stdout)['patches']]
            words = {link['state'] for chain in links for link in chain}
            expect_equal(words - {'whole', 'broken', 'unknown', 'not reached'}, set())
            expect_equal(all(link['state'] == 'broken' for chain in links for link in chain if link['reason']), True)


@test
def patches_shows_a_foreign_patch_and_what_is_missing():
    def foreign(situation):
        situation['describe']['patch'] |= {'state': 'missing', 'loaded': [
            {'name': 'livepatch_sample', 'enabled': True, 'transition': False, 'known': False}]}

    with Daemon('covered', foreign) as daemon:
        expect_page(daemon, 'foreign.patches', 'patches')
        expect_text(klpctl(daemon.address, 'patches', '--json=pretty').stdout, 'foreign.patches.json')


@test
def patches_tells_the_one_that_counts_from_the_others():
    def several(situation):
        one = situation['describe']['patch']['loaded'][0]
        situation['describe']['patch']['loaded'] = [
            dict(one, name='kpatch_older', version='1-1', enabled=False),
            dict(one, name='unjudged', known=None, package=None, version=None, enabled=None), one,
            {'name': 'stranger', 'enabled': None, 'transition': None, 'known': False}]

    with Daemon('covered', several) as daemon:
        expect_page(daemon, 'several.patches', 'patches')
        patches = json.loads(klpctl(daemon.address, 'patches', '-j').stdout)['patches']
        expect_equal([(patch['name'], patch['state'], len(patch['links'])) for patch in patches],
                     [('kpatch_older', 'loaded', 7), ('unjudged', 'loaded', 7), ('kpatch_5_14_0_427_13_1_1_2', 'applied', 7),
                      ('stranger', 'foreign', 0)])


@test
def patches_tells_since_when():
    def with_times(situation):
        loaded = situation['describe']['patch']['loaded']
        loaded[0] |= {'loaded_since': '2024-09-20T08:00:00Z', 'enabled_since': '2024-09-20T08:00:02.5Z', 'transition_usec': 2500000}
        loaded.append({'name': 'kpatch_5_14_0_427_13_1_1_1', 'enabled': False, 'transition': False, 'known': True,
                       'package': 'kpatch-patch-5_14_0-427_13_1', 'version': '1-1', 'replaced_by': loaded[0]['name']})

    with Daemon('covered', with_times) as daemon:
        expect_page(daemon, 'times.patches', 'patches')
        rows = json.loads(klpctl(daemon.address, 'patches', '-j').stdout)['patches']
        expect_equal([(row['enabled_since'], row['transition_usec'], row['replaced_by']) for row in rows],
                     [('2024-09-20T08:00:02.5Z', 2500000, None), (None, None, 'kpatch_5_14_0_427_13_1_1_2')])


@test
def show_config_names_the_origin_of_each_setting():
    with Daemon('covered') as daemon:
        for locale, suffix in IN_BOTH:
            expect_text(klpctl(daemon.address, 'show-config', locale=locale).stdout, f'covered.show-config{suffix}.txt')
        rows = json.loads(klpctl(daemon.address, 'show-config', '-j').stdout)['settings']
        expect_equal(rows[1], {'section': 'Host', 'key': 'LivePatching', 'value': 'auto', 'default': 'auto', 'origin': None})
        if '# /' in klpctl(daemon.address, 'show-config', '--no-legend').stdout:
            raise Failure('origins')


@test
def a_setting_that_was_emptied_is_shown_empty():
    def emptied(situation):
        situation['settings'] = [{'section': 'Sla', 'key': 'Critical', 'value': '', 'default': '14d', 'origin': '/etc/klpwatch.conf:3'}]

    with Daemon('covered', emptied) as daemon:
        expect_equal(klpctl(daemon.address, 'show-config', '--no-legend').stdout, '[Sla]\nCritical=\n')


@test
def wide_pages_use_the_room_and_no_more():
    pages = (('covered', None, ('status', 'exposures --all', 'why CVE-2024-36971', 'kernels', 'plan', 'patches', 'rescan', 'show-config',
                                'help', 'refresh')),
             ('trouble', None, ('status', 'exposures', 'kernels', 'plan', 'patches')), ('stalled', None, ('status', 'patches')),
             ('nothing-known', None, ('status', 'exposures', 'kernels', 'plan', 'patches', 'feeds')), ('hostile', None, ('status', 'patches')),
             ('feeds', with_feeds, ('feeds', 'status')), ('alerts', with_alerts, ('alerts', 'status')))
    for situation, change, commands in pages:
        with Daemon('covered' if change else situation, change) as daemon:
            for command in commands:
                for locale, suffix in IN_BOTH:
                    run = klpctl(daemon.address, *command.split(), locale=locale, COLUMNS='120')
                    expect_code(run, 0)
                    for line in run.stdout.splitlines():
                        if len(line) > 120 and not line.lstrip().startswith(('→ ', '-> ', '# /')):
                            raise Failure(f'wider than 120 columns: {line}')
                    expect_equal(run.stdout.isascii() or locale != 'C', True)
                    expect_text(run.stdout, f'{situation}.{command.split()[0]}.120{suffix}.txt')


def with_a_long_feed(situation):
    with_feeds(situation)
    situation['describe']['freshness']['feeds'][1]['name'] = 'mirror-of-the-second-site'


@test
def no_page_is_wider_than_the_terminal():
    every = ('status', 'exposures --all', 'kernels --all', 'plan', 'patches', 'show-config', 'feeds', 'alerts')
    pages = (('covered', None, (*every, 'why CVE-2024-36971', 'rescan', '--help')), ('trouble', None, every), ('hostile', None, every),
             ('stalled', None, ('status', 'patches')), ('covered', with_a_long_feed, ('feeds', 'status')),
             ('covered', with_alerts, ('alerts', 'status')))
    for situation, change, commands in pages:
        with Daemon(situation, change) as daemon:
            widths = range(40, 161, 25 if SANITIZED else 5)
            for n_columns, locale in ((40, 'C'), *((n, 'C' if n % 2 else 'C.UTF-8') for n in widths), (79, 'C.UTF-8')):
                for command in commands:
                    run = klpctl(daemon.address, *command.split(), locale=locale, COLUMNS=str(n_columns))
                    expect_code(run, 0)
                    for line in run.stdout.splitlines():
                        if len(line) > n_columns and not line.lstrip().startswith(('→ ', '-> ', '# /')):
                            raise Failure(f'{command}: wider than {n_columns} columns: {line}')
    with Daemon('trouble') as daemon:
        for command in 'status', 'patches', 'exposures', 'kernels':
            run = klpctl(daemon.address, command, COLUMNS='40')
            expect_text(run.stdout, f'trouble.{command}.40.txt')
    expect_text(klpctl('unix:path=/nonexistent', '--help', COLUMNS='40').stdout, 'help.40.txt')


@test
def no_legend_leaves_the_rows_and_quiet_drops_the_hints():
    with Daemon('covered') as daemon:
        for verb, key in ('exposures', 'CVE-'), ('kernels', '5.14.0-'):
            rows = [line for line in klpctl(daemon.address, verb, COLUMNS='42').stdout.splitlines() if line.startswith(key)]
            bare = klpctl(daemon.address, verb, '--no-legend', COLUMNS='42').stdout.splitlines()
            expect_equal([line.split()[0] for line in bare if line.strip()][:len(rows)], [line.split()[0] for line in rows])
            quiet = klpctl(daemon.address, verb, '--quiet').stdout
            if '→ klpctl' in quiet or quiet.rstrip().endswith(':'):
                raise Failure(quiet)


def commands(page):
    """Each command of a page: it stands behind an arrow, alone or at the end of a line."""
    return [line.split('→ ', 1)[1] for line in page.splitlines() if line.lstrip().startswith('→ ') or '  → ' in line]


@test
def quiet_drops_the_hints_of_every_verb_and_keeps_the_plan():
    verbs = {'status': ['klpctl exposures'], 'exposures': ['klpctl why CVE-2024-53104'], 'kernels': ['klpctl kernels --all'],
             'plan': ['klpctl kernels'], 'patches': ['kpatch list'], 'alerts': ['klpctl refresh', 'klpctl alerts ack ID'],
             'feeds': ['klpctl refresh'], 'why CVE-2024-41090': ['klpctl plan']}
    n_kept = 0

    def broken(situation):
        with_alerts(situation)
        situation['describe'].setdefault('freshness', {})
        with_feeds(situation)

    for name in 'covered', 'trouble', 'stalled', 'nothing-known':
        with Daemon(name, broken) as daemon:
            for verb, hints in verbs.items():
                loud, quiet = (klpctl(daemon.address, *verb.split(), *more).stdout for more in ((), ('-q',)))
                kept = [command for command in commands(loud) if verb == 'plan' and not command.startswith('klpctl ')]
                n_kept += len(kept)
                expect_equal((name, verb, commands(quiet)), (name, verb, kept))
                verbs[verb] = [hint for hint in hints if hint not in commands(loud)]
    expect_equal(verbs, {verb: [] for verb in verbs})
    expect_equal(n_kept > 3, True)


run_tests()
