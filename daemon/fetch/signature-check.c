/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One run of gpgv. Its exit status alone says too little: a keyring may hold more keys than the one that
 * is meant, and a signature by an expired key is a signature. So its status lines decide: a GOODSIG, and
 * of that one the VALIDSIG with the fingerprint of the primary key, which must be pinned. gpgv gets a
 * home folder that is not there, so that nothing but the named keyring counts.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bounded-read.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "fetch/openpgp-armour.h"
#include "fetch/openpgp-key.h"
#include "fetch/signature-check.h"

#define STATUS_MAX_BYTES 65536
#define KEYRING_MAX_BYTES ((size_t) 1024 * 1024)
#define DEADLINE_MSEC 60000
#define STATUS_PREFIX "[GNUPG:] "
#define NO_HOME "/proc/self/klpwatch-has-no-gnupg-home"

/* The descriptors as gpgv sees them. */
#define SIGNATURE_FD 3
#define KEYRING_FD 4

static int spawn(int data_fd, int signature_fd, int keyring_fd, int status_fd, pid_t *ret) {
        char *argv[] = { (char *) "gpgv",
                         (char *) "--homedir",
                         (char *) NO_HOME,
                         (char *) "--keyring",
                         (char *) "/proc/self/fd/4",
                         (char *) "--status-fd",
                         (char *) "1",
                         (char *) "--",
                         (char *) "/proc/self/fd/3",
                         (char *) "-",
                         NULL };
        char *environment[] = { (char *) "LC_ALL=C", (char *) "PATH=/usr/bin:/bin", NULL };
        posix_spawn_file_actions_t actions;
        int r;

        r = posix_spawn_file_actions_init(&actions);
        if (r)
                return r;
        if (!r)
                r = posix_spawn_file_actions_adddup2(&actions, data_fd, STDIN_FILENO);
        if (!r)
                r = posix_spawn_file_actions_adddup2(&actions, status_fd, STDOUT_FILENO);
        if (!r)
                r = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY,
                                                     0);
        if (!r)
                r = posix_spawn_file_actions_adddup2(&actions, signature_fd, SIGNATURE_FD);
        if (!r)
                r = posix_spawn_file_actions_adddup2(&actions, keyring_fd, KEYRING_FD);
        if (!r)
                r = posix_spawn(ret, "/usr/bin/gpgv", &actions, NULL, argv, environment);
        posix_spawn_file_actions_destroy(&actions);
        return r;
}

/* Its own descriptor from the beginning on, above all that the child is given. -1 with errno. */
static int reopen_high(int fd) {
        if (lseek(fd, 0, SEEK_SET) < 0)
                return -1;
        return fcntl(fd, F_DUPFD_CLOEXEC, KEYRING_FD + 1);
}

/* A keyring without armour: allocated. 0, SIGNATURE_CHECK_E_REFUSED with errno, or -ENOMEM. */
static int read_keyring(const char *path, char **ret, size_t *ret_n_bytes) {
        _cleanup_free_ char *text = NULL, *bytes = NULL;
        size_t n_text, n_bytes;
        int r;

        r = bounded_read(AT_FDCWD, path, KEYRING_MAX_BYTES, &text, &n_text);
        if (r < 0)
                return error_trace(r);
        if (r) {
                if (r == BOUNDED_READ_E_TOO_LARGE)
                        errno = EFBIG;
                return SIGNATURE_CHECK_E_REFUSED;
        }
        r = openpgp_armour_open(text, n_text, &bytes, &n_bytes);
        if (r < 0)
                return error_trace(r);
        *ret = r ? TAKE(text) : TAKE(bytes);
        *ret_n_bytes = r ? n_text : n_bytes;
        return 0;
}

/* As gpgv takes it. The same outcomes. */
static int open_keyring(const char *path, int *ret) {
        _cleanup_free_ char *bytes = NULL;
        _cleanup_close_ int fd = -1;
        size_t n_bytes;
        int r;

        r = read_keyring(path, &bytes, &n_bytes);
        if (r)
                return r < 0 ? error_trace(r) : r;
        fd = memfd_create("keyring", MFD_CLOEXEC);
        if (fd < 0 || write(fd, bytes, n_bytes) != (ssize_t) n_bytes)
                return SIGNATURE_CHECK_E_REFUSED;
        *ret = TAKE_FD(fd);
        return 0;
}

int signature_check_ends(const char *keyring, const TextList *fingerprints, UtcTime now,
                         MemoryPool *pool, const char **ret_warning) {
        _cleanup_free_ char *bytes = NULL;
        char day[UTC_DAY_TEXT_BYTES];
        size_t n_bytes;
        UtcTime end;
        int r;

        *ret_warning = NULL;
        r = read_keyring(keyring, &bytes, &n_bytes);
        if (r)
                return r < 0 ? error_trace(r) : 0; /* the check itself says what is wrong with it */
        for (size_t i = 0; i < fingerprints->n_items; i++)
                if (openpgp_key_find_end(bytes, n_bytes, fingerprints->items[i], &end) &&
                    end > now && end - now <= SIGNATURE_KEY_WARNING_USEC)
                        *ret_warning = memory_pool_format(
                                        pool,
                                        "the pinned key %s expires on %s; the one that follows it "
                                        "comes with a package or from you, never from the feed",
                                        fingerprints->items[i],
                                        utc_day_format(utc_day_of(end), day));
        return 0;
}

/* Reads its status until it ends it. 0, or SIGNATURE_CHECK_E_*. */
static int listen_to(int fd, int cancel_fd, char *text, size_t *ret_n_bytes,
                     const char **ret_reason) {
        struct timespec start, now;
        size_t n_bytes = 0;

        clock_gettime(CLOCK_MONOTONIC, &start);
        for (;;) {
                struct pollfd fds[] = { { .fd = cancel_fd, .events = POLLIN | POLLRDHUP },
                                        { .fd = fd, .events = POLLIN } };
                ssize_t n;

                clock_gettime(CLOCK_MONOTONIC, &now);
                if (now.tv_sec - start.tv_sec > DEADLINE_MSEC / 1000) {
                        *ret_reason = "gpgv did not finish within a minute";
                        return SIGNATURE_CHECK_E_REFUSED;
                }
                if (poll(fds, ELEMENTS(fds), 1000) <= 0)
                        continue;
                if (fds[0].revents)
                        return SIGNATURE_CHECK_E_CANCELLED;
                n = read(fd, text + n_bytes, STATUS_MAX_BYTES - n_bytes);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        break;
                n_bytes += (size_t) n;
                if (n_bytes == STATUS_MAX_BYTES) {
                        *ret_reason = "gpgv says too much";
                        return SIGNATURE_CHECK_E_REFUSED;
                }
        }
        text[n_bytes] = '\0';
        *ret_n_bytes = n_bytes;
        return 0;
}

/* What a status line says against the signature, with the key by its id where there is one; NULL = nothing. */
static const char *objection(const TextList *line, MemoryPool *pool) {
        static const struct {
                const char *word, *reason;
                bool names_key;
        } words[] = {
                { "BADSIG", "the signature is not of these bytes", false },
                { "NO_PUBKEY", "it is signed by a key that is not in the keyring", true },
                { "EXPKEYSIG", "the key that signed it has expired", true },
                { "REVKEYSIG", "the key that signed it was revoked", true },
                { "EXPSIG", "the signature has expired", true },
                { "ERRSIG", "the signature cannot be checked", true },
                { "NODATA", "there is no OpenPGP signature in what is to be one", false },
        };

        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcmp(words[i].word, line->items[0]) == 0)
                        return words[i].names_key && line->n_items > 1
                                               ? memory_pool_format(
                                                                 pool, "%s (%s)", words[i].reason,
                                                                 text_printable(pool,
                                                                                line->items[1], 40))
                                               : words[i].reason;
        return NULL;
}

/* 0 when the lines tell of a good signature by a pinned key. `text` is taken apart. */
static int judge(char *text, const TextList *fingerprints, MemoryPool *pool,
                 const char **ret_reason) {
        const char *reason = "gpgv says nothing about a signature";
        char *line, *rest = text;
        bool good = false;

        while ((line = strsep(&rest, "\n"))) {
                TextList words;
                const char *primary;

                if (!text_starts_with(line, STATUS_PREFIX))
                        continue;
                words = text_words(pool, line + strlen(STATUS_PREFIX));
                if (words.n_items == 0)
                        continue;
                if (strcmp(words.items[0], "NEWSIG") == 0)
                        good = false;
                else if (strcmp(words.items[0], "GOODSIG") == 0)
                        good = true;
                else if (strcmp(words.items[0], "VALIDSIG") == 0 && good && words.n_items >= 11) {
                        primary = words.items[10];
                        if (text_list_has(fingerprints, primary))
                                return 0;
                        reason = memory_pool_format(pool, "it is signed by %s, which is not pinned",
                                                    text_printable(pool, primary, 64));
                } else
                        reason = objection(&words, pool) ?: reason;
        }
        *ret_reason = reason;
        return SIGNATURE_CHECK_E_REFUSED;
}

int signature_check(int data_fd, int signature_fd, const char *keyring,
                    const TextList *fingerprints, int cancel_fd, MemoryPool *pool,
                    const char **ret_reason) {
        _cleanup_close_ int data = -1, signature = -1, keys = -1, high_keys = -1, ours = -1,
                            theirs = -1;
        char *text = memory_pool_alloc(pool, STATUS_MAX_BYTES + 1);
        size_t n_bytes = 0;
        int fds[2], r, status;
        pid_t pid;

        if (!text)
                return error_origin(-ENOMEM);
        r = open_keyring(keyring, &keys);
        if (r < 0)
                return error_trace(r);
        if (r) {
                *ret_reason = memory_pool_format(pool, "the keyring %s: %s", keyring,
                                                 strerror(errno));
                return SIGNATURE_CHECK_E_REFUSED;
        }
        data = reopen_high(data_fd);
        signature = reopen_high(signature_fd);
        high_keys = reopen_high(keys);
        if (data < 0 || signature < 0 || high_keys < 0 || pipe2(fds, O_CLOEXEC) < 0)
                return error_origin(-errno);
        ours = fds[0];
        theirs = fcntl(fds[1], F_DUPFD_CLOEXEC, KEYRING_FD + 1);
        close(fds[1]);
        if (theirs < 0)
                return error_origin(-errno);
        r = spawn(data, signature, high_keys, theirs, &pid);
        if (r == ENOMEM)
                return error_origin(-ENOMEM);
        if (r) {
                *ret_reason = memory_pool_format(pool, "gpgv cannot be started: %s", strerror(r));
                return SIGNATURE_CHECK_E_REFUSED;
        }
        close(TAKE_FD(theirs));
        r = listen_to(ours, cancel_fd, text, &n_bytes, ret_reason);
        if (r)
                kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                ;
        return r ? r : judge(text, fingerprints, pool, ret_reason);
}
