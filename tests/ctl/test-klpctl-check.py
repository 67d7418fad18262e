#!/usr/bin/python3
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klpctl check: the states, lines and exit codes that a monitoring system gets. Called as klpctl_stage.py says."""

import datetime
import json
import pathlib
import re
import signal
import subprocess
import tempfile

from klpctl_stage import (IN_BOTH, KLPCTL, Bus, Daemon, Failure, environment, expect_code, expect_equal, expect_text, klpctl, run_tests,
                          test)

OK, WARNING, CRITICAL, UNKNOWN = range(4)
LINE = re.compile(r'KLPWATCH (OK|WARNING|CRITICAL|UNKNOWN): [^|\n]+( \| (.*))?')
# 'label'=value[unit];[warning];[critical];[minimum];[maximum], as the plugins' guidelines have it
NUMBER = re.compile(r"[^= ']+=(U|-?[0-9.]+[a-zA-Z%]*)(;[-0-9.:~@]*){0,4}")


def day(n):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=n)).isoformat()


def host(**more):
    """The situation's change for a host that is fine, but for what `more` says: paths with __ for the dots."""
    def change(situation):
        describe = situation['describe']
        describe['coverage'] |= {'start': day(-151), 'end': day(214)}
        describe['exposure'] |= {'verdicts': {'live-patched': 9}, 'open': {'critical': 0, 'important': 0, 'moderate': 2}}
        describe['freshness']['complete_to'] = day(-1) + 'T00:00:00Z'
        describe['reboot'] |= {'by': day(184)}
        for path, value in more.items():
            *folders, key = path.split('__')
            place = describe
            for folder in folders:
                place = place[folder]
            place[key] = value
    return change


def check(change, *arguments, code, **more):
    """The answer's lines; each run is held against what the guidelines ask of all of them."""
    with Daemon('covered', change) as daemon:
        run = klpctl(daemon.address, 'check', *arguments, **more)
    expect_code(run, code)
    expect_equal(run.stderr, '')
    first, *others = run.stdout.splitlines()
    match = LINE.fullmatch(first)
    if not match or ('OK', 'WARNING', 'CRITICAL', 'UNKNOWN').index(match.group(1)) != code:
        raise Failure(first)
    for number in (match.group(3) or '').split():
        if not NUMBER.fullmatch(number):
            raise Failure(number)
    for line in others:
        if '|' in line:
            raise Failure(line)
    return run.stdout.splitlines()


@test
def a_host_that_is_fine_is_ok_in_one_line_with_numbers():
    lines = check(host(), code=OK)
    text, numbers = lines[0].split(' | ')
    expect_equal(text, f'KLPWATCH OK: covered until {day(214)}, 214 days left')
    *names, age = numbers.split()
    expect_equal(names, ['days_left=214;;', 'open_critical=0;;;0', 'open_important=0;;;0', 'reboot_needed=0;;;0'])
    seconds = int(re.fullmatch(r'feed_age=(\d+)s;;;0', age).group(1))
    expect_equal(86400 <= seconds <= 2 * 86400 + 60, True)
    expect_equal(lines[1:], ['Advice: Nothing to do now; reboot into a newer eligible kernel by 2025-03-31, before this one\'s live '
                             'patches end on 2025-04-30.'])


@test
def the_answer_is_the_same_text_for_every_monitoring_system():
    alert = {'id': 'exposure', 'class': 'exposure', 'level': 'warning', 'text': 'Only a newer kernel closes 2 open CVEs.',
             'action': 'Reboot.', 'acknowledged': False, 'snoozed_until': None}
    for name, change, code in ('fine', host(), OK), ('warned', host(level='warning', alerts=[alert]), WARNING):
        for locale, suffix in IN_BOTH:
            text = '\n'.join(check(change, '-v', code=code, locale=locale)).replace(day(214), 'YYYY-MM-DD') + '\n'
            expect_text(re.sub(r'feed_age=\d+s', 'feed_age=Ns', text), f'{name}.check{suffix}.txt')


@test
def the_level_of_the_alerts_is_the_state():
    for level, code in ('ok', OK), ('info', OK), ('warning', WARNING), ('critical', CRITICAL):
        check(host(level=level, alerts=[]), code=code)
    # a level is the whole judgement: what would be bad without it is not judged again
    check(host(level='ok', patch__state='outdated', next_boot__leaves_stream=True), code=OK)
    check(host(level='info', coverage__state='ended', coverage__end=day(-3)), code=OK)


@test
def open_alerts_are_told_worst_first_with_what_ends_them():
    def alert(level, text, **more):
        return {'id': text, 'class': 'exposure', 'level': level, 'text': text, 'action': f'end {text}', 'acknowledged': False,
                'snoozed_until': None} | more

    alerts = [alert('info', 'a'), alert('warning', 'b'), alert('critical', 'c|d'), alert('critical', 'seen', acknowledged=True),
              alert('critical', 'later', snoozed_until=day(2) + 'T00:00:00Z'), alert('warning', 'again', snoozed_until=day(-2) + 'T00:00:00Z')]
    lines = check(host(level='critical', alerts=alerts), code=CRITICAL)
    expect_equal(lines[0].split(' | ')[0], f'KLPWATCH CRITICAL: c/d; covered until {day(214)}, 214 days left; 2 alerts put aside')
    expect_equal(lines[1:4], ['CRITICAL: c/d → end c/d', 'WARNING: b → end b', 'WARNING: again → end again'])
    lines = check(host(level='critical', alerts=alerts), '-v', '-q', code=CRITICAL)
    expect_equal(lines[1:5], ['CRITICAL: c/d', 'WARNING: b', 'WARNING: again', 'OK: a'])
    lines = check(host(level='warning', alerts=[alert('warning', 'A sentence.')]), code=WARNING)
    expect_equal((lines[0].startswith('KLPWATCH WARNING: A sentence; covered until '), lines[1]),
                 (True, 'WARNING: A sentence. → end A sentence.'))
    lines = check(host(level='ok', alerts=[alert('critical', 'seen', acknowledged=True)]), code=OK)
    expect_equal(lines[0].split(' | ')[0], f'KLPWATCH OK: covered until {day(214)}, 214 days left; 1 alert put aside')
    lines = check(host(level='warning', alerts=[]), code=WARNING)
    expect_equal(lines[1], 'WARNING: the worst alert is warning → klpctl status')


@test
def without_a_level_the_answer_itself_is_judged():
    rows = [
        ({'coverage__state': 'ending', 'coverage__end': day(20)}, WARNING, 'coverage by live patches ends soon'),
        ({'coverage__state': 'ending', 'coverage__end': day(8)}, WARNING, 'coverage by live patches ends soon'),
        ({'coverage__state': 'ending', 'coverage__end': day(7)}, CRITICAL, 'coverage by live patches ends in days'),
        ({'coverage__state': 'ending', 'coverage__start': day(-60), 'coverage__end': day(4)}, CRITICAL, 'coverage by live patches ends in days'),
        ({'coverage__state': 'ending', 'coverage__start': day(-55), 'coverage__end': day(4)}, WARNING, 'coverage by live patches ends soon'),
        ({'coverage__state': 'ended', 'coverage__end': day(-1)}, CRITICAL, 'coverage by live patches has ended'),
        ({'coverage__end': day(-1)}, CRITICAL, 'coverage by live patches has ended'),
        ({'coverage__end': day(0)}, OK, 'covered until'),
        ({'coverage__state': 'unsupported', 'coverage__end': None}, WARNING, 'the running kernel gets no live patches'),
        ({'coverage__state': 'unconfirmed'}, OK, 'perhaps covered until'),
        ({'coverage__state': 'unknown', 'coverage__end': None}, UNKNOWN, 'whether the running kernel is covered is not known'),
        ({'coverage__state': None}, UNKNOWN, 'whether the running kernel is covered is not known'),
        ({'patch__state': 'stalled'}, WARNING, "the live patch's transition is stalled"),
        ({'patch__state': 'missing'}, WARNING, 'the live patch is not installed'),
        ({'patch__state': 'outdated'}, WARNING, 'a newer live patch is not applied'),
        ({'patch__state': 'disabled'}, WARNING, 'the live patch is disabled'),
        ({'patch__state': 'foreign'}, WARNING, 'a live patch of unknown origin is enabled'),
        ({'next_boot__leaves_stream': True}, WARNING, 'the next boot would leave the live-patch stream'),
        ({'exposure__verdicts': {'reboot-needed': 1}}, WARNING, 'only a newer kernel fixes 1 CVE in scope'),
        ({'exposure__verdicts': {'reboot-needed': 3}}, WARNING, 'only a newer kernel fixes 3 CVEs in scope'),
        ({'freshness__state': 'expired'}, WARNING, 'the facts are too old'),
        ({'freshness__state': 'stale'}, OK, 'covered until'),
    ]
    for more, code, words in rows:
        lines = check(host(**more), code=code)
        if not lines[0].split(': ', 1)[1].startswith(words):
            raise Failure(f'{more}: {lines[0]}')


@test
def a_known_evil_outweighs_what_is_not_known():
    for more in {'level': 'critical', 'alerts': []}, {'patch__state': 'stalled'}:
        lines = check(host(coverage__state='unknown', coverage__end=None, **more), code=CRITICAL if 'level' in more else WARNING)
        expect_equal(lines[2].startswith('UNKNOWN: whether the running kernel is covered is not known'), True)
        expect_equal('days_left=U;;' in lines[0], True)
    check(host(level='ok', coverage__state='unknown', coverage__end=None), code=UNKNOWN)


@test
def where_live_patching_does_not_apply_or_is_not_used_all_is_ok():
    for arguments in [], ['-w', '10000:'], ['-c', '10000:']:
        for more, words in (({'coverage__state': 'not-applicable', 'coverage__end': None}, 'live patching does not apply to this host'),
                            ({'host__live_patching': False, 'patch__state': 'outdated'}, 'live patching is not used on this host')):
            lines = check(host(level='critical', **more), *arguments, code=OK)
            expect_equal(lines[0].split(' | ')[0], f'KLPWATCH OK: {words}')


@test
def thresholds_are_ranges_on_the_days_left_and_nothing_else_counts():
    for arguments, code in ((['-w', '30:', '-c', '7:'], OK), (['-w', '215:', '-c', '7:'], WARNING), (['-w', '300:', '-c', '215:'], CRITICAL),
                            (['-w', '214:'], OK), (['--warning=30'], WARNING), (['-c214'], OK), (['--critical', '@200:214'], CRITICAL),
                            (['-w', '@200:213'], OK), (['-w', '~:214'], OK), (['-c', '~:213'], CRITICAL)):
        lines = check(host(level='critical', patch__state='outdated'), *arguments, code=code)
        if code != OK and not lines[0].split(': ', 1)[1].startswith('214 days left (threshold '):
            raise Failure(lines[0])
    expect_equal('days_left=214;@0:30;7: ' in check(host(), '-w', '@0:30', '-c', '7:', code=OK)[0], True)
    ended = check(host(coverage__state='ended', coverage__end=day(-3)), '-c', '0:', code=CRITICAL)
    expect_equal(ended[0].startswith('KLPWATCH CRITICAL: coverage ended 3 days ago (threshold 0:); '), True)
    check(host(coverage__state='ended', coverage__end=day(0)), '-c', '0:', code=OK)
    # nothing to hold against the range: coverage says what that means
    for state, code in ('unsupported', WARNING), ('unknown', UNKNOWN), ('unconfirmed', OK):
        check(host(level='ok', coverage__state=state, coverage__end=None), '-c', '0:', code=code)


@test
def days_are_counted_from_the_clock_not_from_the_last_assessment():
    expect_equal('days_left=5;' in check(host(coverage__end=day(5), coverage__days_left=20, level='ok'), code=OK)[0], True)


@test
def verbose_tells_what_it_rests_on():
    lines = check(host(), '-v', code=OK)
    expect_equal(lines[-3:], ['Kernel: 5.14.0-427.13.1.el9_4.x86_64', 'A live patch for this kernel is published: RHSA-2024:5523.',
                              "The window is 12 months from the kernel's release."])
    ascii_only = check(host(level='critical', alerts=[{'level': 'critical', 'text': '≤ é', 'action': 'a'}]), locale='C', code=CRITICAL)
    expect_equal(all(line.isascii() for line in ascii_only), True)


@test
def whether_to_reboot_is_answered_for_scripts():
    reboot = {'kernel': '5.14.0-503.15.1.el9_5', 'eligible': 'yes', 'coverage_until': '2035-11-26', 'closes': 14}
    gain = ' (covered until 2035-11-26; closes 14 CVEs)'
    target = f', into 5.14.0-503.15.1.el9_5{gain}'
    planned = {f'reboot__{key}': value for key, value in reboot.items()}
    boots = {'next_boot__kernel': '5.14.0-503.15.1.el9_5.x86_64'}
    older = {'reboot__kernel': '5.14.0-427.1.1.el9_4', 'reboot__eligible': 'yes', 'reboot__coverage_until': '2035-11-26', 'reboot__installed': True,
             'reboot__older': True, 'reboot__opens': 1, 'reboot__now': True}
    price = ' (covered until 2035-11-26; opens 1 CVE that is closed now)'
    rows = [
        ({}, OK, f'no reboot is needed yet; the next one by {day(184)}'),
        ({'reboot__by': day(31)}, OK, f'no reboot is needed yet; the next one by {day(31)}'),
        ({'reboot__by': day(30)}, WARNING, f'a reboot is needed by {day(30)}'),
        ({'reboot__by': day(0)}, WARNING, f'a reboot is needed by {day(0)}'),
        ({'reboot__by': day(-1)} | boots, CRITICAL, 'a reboot is needed now'),
        ({'reboot__now': True, 'reboot__by': None} | boots, CRITICAL, 'a reboot is needed now'),
        (planned | {'reboot__now': True} | boots, CRITICAL, f'a reboot is needed now{target}'),
        (planned | {'reboot__now': True, 'next_boot': None}, CRITICAL, f'a reboot is needed now{target}'),
        # the next boot would bring the same kernel again, and again: that is no "now" to a script
        ({'reboot__now': True, 'reboot__by': None}, WARNING, 'a reboot is needed, but no kernel to reboot into is known yet'),
        ({'reboot__by': day(-1)}, WARNING, 'a reboot is needed, but no kernel to reboot into is known yet'),
        (planned | {'reboot__now': True}, WARNING, f'a reboot is needed, but not before 5.14.0-503.15.1.el9_5 is installed and the default kernel{gain}'),
        (planned | {'reboot__now': True, 'reboot__installed': True}, WARNING,
         f'a reboot is needed, but not before 5.14.0-503.15.1.el9_5 is the default kernel{gain}'),
        # the way back is taken by a person alone, and counts from then on
        (older, WARNING, f'a reboot is needed, but not before the older 5.14.0-427.1.1.el9_4 is the default kernel{price}'),
        (older | boots, WARNING, f'a reboot is needed, but not before the older 5.14.0-427.1.1.el9_4 is the default kernel{price}'),
        (older | {'next_boot__kernel': '5.14.0-427.1.1.el9_4.x86_64'}, CRITICAL,
         f'a reboot is needed now, into 5.14.0-427.1.1.el9_4{price}'),
        (planned, OK, f'no reboot is needed yet; the next one by {day(184)}{target}'),
        ({'exposure__verdicts': {'reboot-needed': 2}}, WARNING, f'a reboot is needed by {day(184)}'),
        ({'exposure__verdicts': {'below-scope': 9, 'live-patch-available': 2}}, OK, f'no reboot is needed yet; the next one by {day(184)}'),
        ({'reboot__by': None}, OK, 'no reboot is needed'),
        ({'reboot': None, 'coverage__state': 'unknown'}, UNKNOWN, 'whether a reboot is needed is not known'),
        ({'reboot': None, 'coverage': None}, UNKNOWN, 'whether a reboot is needed is not known'),
        # the level of alerts is another question
        ({'level': 'critical'}, OK, f'no reboot is needed yet; the next one by {day(184)}'),
        ({'coverage__state': 'not-applicable'}, OK, 'no reboot is needed; live patches are not used on this host'),
        ({'host__live_patching': False, 'reboot__now': True}, OK, 'no reboot is needed; live patches are not used on this host'),
        ({'host__live_patching': False, 'next_boot__kernel': '5.14.0-503.15.1.el9_5.x86_64'}, WARNING,
         'a reboot is needed: kernel 5.14.0-503.15.1.el9_5 is to follow 5.14.0-427.13.1.el9_4'),
        ({'coverage__state': 'not-applicable', 'next_boot': None}, OK, 'no reboot is needed; live patches are not used on this host'),
    ]
    for more, code, text in rows:
        lines = check(host(**more), '--reboot', code=code)
        expect_equal(lines[0].split(': ', 1)[1], text)


@test
def as_json_the_state_is_the_same():
    for arguments in ['check', '-j'], ['--json=short', 'check', '--reboot']:
        with Daemon('covered', host(reboot__now=True, next_boot__kernel='5.14.0-503.15.1.el9_5.x86_64', level='critical', alerts=[{'level': 'critical', 'text': 'a', 'action': 'b'}])) as daemon:
            run = klpctl(daemon.address, *arguments)
        expect_code(run, CRITICAL)
        answer = json.loads(run.stdout)
        expect_equal((answer['state'], answer['code'], answer['days_left'], answer['reasons'][0]['state']), ('CRITICAL', 2, 214, 'CRITICAL'))
    run = klpctl('unix:path=/nonexistent', 'check', '-j')
    expect_code(run, UNKNOWN)
    expect_equal(json.loads(run.stdout) | {'text': ''}, {'schema': 1, 'state': 'UNKNOWN', 'code': 3, 'text': '', 'days_left': None, 'reasons': []})


@test
def without_an_answer_the_state_is_unknown_on_standard_output():
    with Bus() as bus:
        run = klpctl(bus.address, 'check')
        expect_equal((run.returncode, run.stdout.splitlines()[0], run.stderr), (UNKNOWN, 'KLPWATCH UNKNOWN: klpwatchd is not running.', ''))
    run = klpctl('unix:path=/nonexistent', 'check', '-q')
    expect_equal((run.returncode, len(run.stdout.splitlines()), run.stderr), (UNKNOWN, 1, ''))
    run = klpctl('unix:path=/nonexistent', 'check', '-H', 'web1', PATH='/nonexistent')
    expect_equal((run.returncode, run.stdout.startswith('KLPWATCH UNKNOWN: The system bus of host web1 cannot be reached'), run.stderr), (UNKNOWN, True, ''))
    for name in 'org.klpwatch1.Error.NotAssessed', 'org.freedesktop.DBus.Error.AccessDenied', 'org.example.Strange':
        with Daemon('covered', lambda situation, name=name: situation.update(errors={'Describe': name})) as daemon:
            run = klpctl(daemon.address, 'check')
            expect_equal((run.returncode, run.stdout.startswith('KLPWATCH UNKNOWN: '), run.stderr), (UNKNOWN, True, ''))
    for answer in {'schema': 2}, 'no JSON', '[]', {'schema': 1}:
        with Daemon('covered', lambda situation, answer=answer: situation.update(describe=answer)) as daemon:
            expect_code(klpctl(daemon.address, 'check'), UNKNOWN)


@test
def a_daemon_that_hangs_is_unknown_when_the_time_is_out():
    for arguments in ['-t', '1'], ['--timeout=1', '-j']:
        with Daemon('covered') as daemon:
            daemon.process.send_signal(signal.SIGSTOP)
            run = klpctl(daemon.address, 'check', *arguments)
            daemon.process.send_signal(signal.SIGCONT)
        expect_code(run, UNKNOWN)
        text = json.loads(run.stdout)['text'] if '-j' in arguments else run.stdout
        expect_equal(text, 'no answer within 1 s' if '-j' in arguments else 'KLPWATCH UNKNOWN: no answer within 1 s\n')


@test
def a_line_that_cannot_be_read_is_unknown_wherever_the_mistake_is():
    rows = (['check', '-w', 'x'], ['-w', 'x', 'check'], ['-c', '5:4', 'check'], ['--jsn', 'check'], ['check', '--at=2025-01-01'], ['check', 'word'],
            ['check', '-t', '0'], ['check', '-t', '86401'], ['check', '-t', '5s'], ['check', '-t'], ['check', '-Z'], ['check', '--reboot', '-w', '5:'],
            ['--warning=x'])
    for arguments in rows:
        run = klpctl('unix:path=/nonexistent', *arguments)
        if (run.returncode, run.stderr, run.stdout[:18]) != (UNKNOWN, '', 'KLPWATCH UNKNOWN: ') or 'cannot be reached' in run.stdout:
            raise Failure(f'{arguments}: {run}')
    for arguments in ['status', '--at=2025-01-01'], ['stauts'], ['--jsn'], ['--reboot', 'status']:
        expect_equal((klpctl('unix:path=/nonexistent', *arguments).returncode, klpctl('unix:path=/nonexistent', *arguments).stdout), (1, ''))


@test
def under_the_plugins_name_it_is_the_plugin():
    with tempfile.TemporaryDirectory() as folder, Daemon('covered', host(level='warning')) as daemon:
        plugin = pathlib.Path(folder, 'check_klpwatch')
        plugin.symlink_to(KLPCTL)

        def call(*arguments):
            run = subprocess.run([plugin, *arguments], capture_output=True, text=True, timeout=60, check=False, env=environment(daemon.address))
            expect_equal(run.stderr, '')
            return run.returncode, run.stdout

        expect_equal(call()[0], WARNING)
        expect_equal(call()[1].splitlines()[0].split(';')[0], klpctl(daemon.address, 'check').stdout.splitlines()[0].split(';')[0])
        expect_equal(call('-c', '300:')[0], CRITICAL)
        expect_equal(call('--reboot')[0], OK)
        expect_equal(call('status'), (UNKNOWN, "KLPWATCH UNKNOWN: 'status' is one word too many for 'check'.\n"))
        # guidelines: help and version are no state
        expect_equal((call('-h')[0], call('-h')[1]), (UNKNOWN, klpctl(daemon.address, 'check', '-h').stdout))
        expect_equal(call('-V'), (UNKNOWN, klpctl(daemon.address, '-V').stdout))
        expect_equal((klpctl(daemon.address, 'check', '-h').returncode, klpctl(daemon.address, '-V').returncode), (0, 0))


@test
def a_full_disk_is_no_state():
    with Daemon('covered', host()) as daemon, open('/dev/full', 'w', encoding='utf-8') as full:
        run = subprocess.run([KLPCTL, 'check'], stdout=full, stderr=subprocess.DEVNULL, check=False, env=environment(daemon.address))
        expect_equal(run.returncode, UNKNOWN)


run_tests()
