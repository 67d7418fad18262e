#!/usr/bin/python3
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klpctl: what is asked of the daemon, and what is told when that fails. Called as klpctl_stage.py says."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile

from klpctl_stage import (KLPCTL, Bus, Daemon, Failure, environment, expect_code, expect_equal, expect_page,
                          klpctl, run_tests, test)


@test
def filters_reach_the_daemon():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.exposures-low', 'exposures', '--severity=low')
        expect_page(daemon, 'covered.exposures-critical', '--severity', 'critical', 'exposures')
        expect_page(daemon, 'covered.exposures-live-patched', 'exposures', '--verdict=live-patched')
        asked = [call for call in daemon.calls() if call.startswith('ListExposures')]
        expect_equal(asked[0], 'ListExposures {"limit": 500, "offset": 0, "open": 1, "severity": "low"}')
        verdicts = [call for call in asked if 'live-patched' in call]
        expect_equal(verdicts[0], 'ListExposures {"limit": 500, "offset": 0, "verdict": "live-patched"}')


@test
def more_exposures_than_one_call_gives_are_all_listed():
    def many(situation):
        first = situation['exposures'][0]
        situation['exposures'] = [dict(first, cve=f'CVE-2024-{n:05}') for n in range(1000)]

    with Daemon('covered', many) as daemon:
        run = klpctl(daemon.address, 'exposures')
        expect_code(run, 0)
        listed = [line.split()[0] for line in run.stdout.splitlines() if line.startswith('CVE-')]
        expect_equal(listed, [f'CVE-2024-{n:05}' for n in range(1000)])
        offsets = [json.loads(call.split(' ', 1)[1])['offset'] for call in daemon.calls() if call.startswith('ListE')]
        expect_equal(offsets, [0, 500, 1000])


@test
def a_short_page_is_not_taken_for_the_last():
    def many(situation):
        first = situation['exposures'][0]
        situation |= {'exposures': [dict(first, cve=f'CVE-2024-{n:05}') for n in range(10)], 'page_max': 4}

    with Daemon('covered', many) as daemon:
        listed = [row['cve'] for row in json.loads(klpctl(daemon.address, 'exposures', '-j').stdout)['exposures']]
        expect_equal(listed, [f'CVE-2024-{n:05}' for n in range(10)])
        offsets = [json.loads(call.split(' ', 1)[1])['offset'] for call in daemon.calls() if call.startswith('ListE')]
        expect_equal(offsets, [0, 4, 8, 10])


@test
def a_rescan_that_fails_is_an_error():
    def failing(situation):
        situation['errors'] = {'Rescan': 'org.klpwatch1.Error.RescanFailed'}

    with Daemon('covered', failing) as daemon:
        run = klpctl(daemon.address, 'rescan')
        expect_code(run, 1)
        expect_equal(run.stderr.splitlines()[0], 'klpctl: Rescan did not work')


@test
def without_a_daemon_it_says_what_to_start():
    with Bus() as bus:
        for verb in ('status',), ('exposures',), ('kernels',), ('plan',), ('why', 'CVE-2024-0001'), ('rescan',):
            run = klpctl(bus.address, *verb)
            expect_code(run, 1)
            expect_equal(run.stdout, '')
            start = 'systemctl start klpwatchd' if pathlib.Path('/run/systemd/system').is_dir() else 'start klpwatchd'
            expect_equal(run.stderr, f'klpctl: klpwatchd is not running.\n→ {start}\n')


@test
def without_a_bus_it_names_the_address_that_it_tried():
    run = klpctl('unix:path=/nonexistent/bus')
    expect_code(run, 1)
    expect_equal(run.stderr.splitlines()[0],
                 'klpctl: The system bus at unix:path=/nonexistent/bus cannot be reached: No such file or directory.')


@test
def errors_of_the_daemon_are_told_in_words():
    sentences = {
        'org.klpwatch1.Error.NotAssessed': 'klpwatchd has just started and has no answer yet; ask again in a few seconds.',
        'org.freedesktop.DBus.Error.AccessDenied': 'You are not allowed to do this; root is.',
        'org.freedesktop.DBus.Error.UnknownMethod':
            'The klpwatchd that runs is of another version and does not know this question.',
        'org.freedesktop.DBus.Error.NoReply': 'klpwatchd did not answer: it ended, or it hangs.',
        'org.freedesktop.systemd1.LoadFailed': 'klpwatchd could not be started: Describe did not work',
        'org.example.Strange': 'klpwatchd refused: Describe did not work (org.example.Strange)',
    }
    for name, sentence in sentences.items():
        with Daemon('covered', lambda situation, name=name: situation.update(errors={'Describe': name})) as daemon:
            run = klpctl(daemon.address)
            expect_code(run, 1)
            expect_equal(run.stderr.splitlines()[0], f'klpctl: {sentence}')


@test
def an_answer_of_another_version_is_refused():
    for answer in {'schema': 2}, 'no JSON', '[]':
        with Daemon('covered', lambda situation, answer=answer: situation.update(describe=answer)) as daemon:
            run = klpctl(daemon.address)
            expect_code(run, 1)
            expect_equal(run.stdout, '')


@test
def a_daemon_that_dies_while_it_is_asked_is_an_error():
    with Daemon('covered') as daemon:
        daemon.process.send_signal(signal.SIGSTOP)
        process = subprocess.Popen([KLPCTL], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding='utf-8',
                                   env=environment(daemon.address))
        daemon.process.kill()
        stdout, stderr = process.communicate(timeout=60)
        expect_equal((process.returncode, stdout), (1, ''))
        first = stderr.splitlines()[0]
        if first not in ('klpctl: klpwatchd did not answer: it ended, or it hangs.', 'klpctl: klpwatchd is not running.'):
            raise Failure(stderr)


@test
def who_types_a_password_is_waited_for():
    """The time-out of sd-bus is one second here. Another call's, begun later, tells when it is over."""
    def held(situation):
        situation['held'] = ['Rescan', 'ImportDigest', 'Acknowledge', 'Snooze', 'ListKernels']
        situation['describe']['alerts'] = [{'id': 'exposure'}]

    with Daemon('covered', held) as daemon, tempfile.NamedTemporaryFile() as digest:
        digest.write(b'whatever')
        digest.flush()
        waiting = []
        for member, *words in (('Rescan', 'rescan'), ('ImportDigest', 'import', digest.name),
                               ('Acknowledge', 'alerts', 'ack', 'exposure'), ('Snooze', 'alerts', 'snooze', 'exposure', '2d')):
            waiting.append(subprocess.Popen([KLPCTL, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                            env=environment(daemon.address, SYSTEMD_BUS_TIMEOUT='1')))
            daemon.heard(member)
        expect_code(klpctl(daemon.address, 'kernels', SYSTEMD_BUS_TIMEOUT='1'), 1)
        daemon.tell('answer')
        for process in waiting:
            stderr = process.communicate(timeout=60)[1]
            expect_equal((process.args[1:3], process.returncode, stderr), (process.args[1:3], 0, ''))


@test
def a_full_disk_is_an_error():
    with Daemon('covered') as daemon, open('/dev/full', 'w', encoding='utf-8') as full:
        run = subprocess.run([KLPCTL], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                             env=environment(daemon.address))
        expect_equal((run.returncode, run.stderr), (1, 'klpctl: No space left on device\n'))


FAKE_SSH = """#!/usr/bin/python3
import os, select, socket, sys
open(os.environ['SSH_NOTE'], 'w').write(' '.join(sys.argv[1:]))
bus = socket.socket(socket.AF_UNIX)
bus.connect(os.environ['REMOTE_BUS'])
pairs = {0: bus.fileno(), bus.fileno(): 1}
while True:
    for fd in select.select(list(pairs), [], [])[0]:
        data = os.read(fd, 65536)
        if not data:
            sys.exit(0)
        while data:
            data = data[os.write(pairs[fd], data):]
"""


@test
def another_host_is_asked_over_ssh():
    with Daemon('covered') as daemon, tempfile.TemporaryDirectory() as folder:
        ssh, note = pathlib.Path(folder, 'ssh'), pathlib.Path(folder, 'note')
        ssh.write_text(FAKE_SSH, encoding='utf-8')
        ssh.chmod(0o755)
        path = daemon.address.split('path=')[1].split(',')[0]
        there = klpctl('unix:path=/nonexistent', '-H', 'root@web1', PATH=f'{folder}:{os.environ["PATH"]}', SSH_NOTE=str(note),
                       REMOTE_BUS=path)
        expect_equal(there.stderr, '')
        expect_equal(there.stdout, klpctl(daemon.address).stdout)
        if 'root@web1' not in note.read_text(encoding='utf-8') or 'systemd-stdio-bridge' not in note.read_text(encoding='utf-8'):
            raise Failure(note.read_text(encoding='utf-8'))


run_tests()
