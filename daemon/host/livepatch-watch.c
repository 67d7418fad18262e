/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The watch. Each source has holes: a uevent may come before the folder of the patch is there (kernels
 * before 5.11), inotify sees only what user space writes, a kernel message comes before sysfs has
 * changed, and the end of a transition or an atomic replace is announced by nothing at all. So a hint
 * asks for a look now and for others a little later, a transition is looked at every second, and all
 * that goes unnoticed is found by a slow look without any hint. A look that failed says nothing of what
 * is there: all that was followed stays followed, and it is tried again soon. It refuses to know what is
 * seen.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "base/utc-time.h"
#include "host/livepatch-watch.h"

#define PATCHES "sys/kernel/livepatch"
#define HOST_FACTS_FOLDER "run/klpwatch"
#define HOST_FACTS_NAME "host-facts"

#define UEVENT_BYTES 8192
#define MAX_DATAGRAMS 1024 /* in one turn of the loop */
#define RECEIVE_BUFFER_BYTES (512 * 1024)

#define AFTER_WRITE_USEC ((uint64_t) 100 * 1000)
#define AFTER_MESSAGE_USEC ((uint64_t) 150 * 1000)
#define AFTER_UEVENT_USEC ((uint64_t) 500 * 1000)
#define LATER_USEC ((uint64_t) 1000 * 1000)
#define LAST_USEC ((uint64_t) 2000 * 1000)
#define TRANSITION_USEC ((uint64_t) 1000 * 1000)
#define UNREADABLE_USEC ((uint64_t) 1000 * 1000) /* then twice as long, each time */
#define LONG_TRANSITION_USEC ((uint64_t) 30 * 1000 * 1000)
#define LONG_AFTER_USEC ((uint64_t) 300 * 1000 * 1000)
#define EXACT_USEC ((uint64_t) 1000)
#define SLACK_USEC ((uint64_t) 60 * 1000 * 1000)

/* Looks that are to come, each at a time of its own. */
typedef enum Due {
        DUE_SOON, /* no earlier than the debounce allows */
        DUE_SHORTLY,
        DUE_AFTER_UEVENT,
        DUE_LAST,
        DUE_TRANSITION,
        DUE_UNREADABLE,
        DUE_FALLBACK,
        _DUE_MAX,
} Due;

typedef struct FolderWatch {
        char *name; /* of the patch */
        int number; /* inotify's; -1 when it cannot be watched */
        bool seen;  /* in the last scan */
} FolderWatch;

struct LivepatchWatch {
        const HostRoot *root;
        LivepatchWatchOwner owner;
        LivepatchWatchSources sources;
        int inotify_fd, clock_fd;
        int patches_number, host_facts_number; /* inotify's; -1 = not watched */
        FolderWatch *folders;
        size_t n_folders;

        uint64_t due[_DUE_MAX]; /* CLOCK_BOOTTIME; 0 = none */
        uint64_t armed;         /* what the timer is set to; 0 = it is off */
        uint64_t looked;        /* when a look was last asked for */
        uint64_t in_transition; /* since when a transition is seen; 0 = there is none */
        uint64_t retry_usec;    /* the last pause after a look that failed; 0 = it did not */
        sd_event *loop;
        sd_event_source *uevent_source, *inotify_source, *message_source, *clock_source,
                        *timer_source;
};

static ssize_t receive_netlink(int fd, void *data, size_t n_bytes, uint32_t *ret_port) {
        struct sockaddr_nl sender = {};
        struct iovec part = { data, n_bytes };
        struct msghdr message = { .msg_name = &sender,
                                  .msg_namelen = sizeof(sender),
                                  .msg_iov = &part,
                                  .msg_iovlen = 1 };
        ssize_t n;

        n = recvmsg(fd, &message, MSG_DONTWAIT);
        /* Whatever does not look like netlink is nobody's, so not the kernel's. */
        *ret_port = message.msg_namelen == sizeof(sender) && sender.nl_family == AF_NETLINK
                                    ? sender.nl_pid
                                    : UINT32_MAX;
        return n;
}

static int open_uevents(int *ret) {
        struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 /* the kernel's */ };
        int size = RECEIVE_BUFFER_BYTES;
        int fd;

        fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
        if (fd < 0)
                return -errno;
        (void) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
        if (bind(fd, (struct sockaddr *) &address, sizeof(address)) < 0) {
                int error = -errno;

                close(fd);
                return error;
        }
        *ret = fd;
        return 0;
}

static int open_kernel_messages(int *ret) {
        int fd;

        fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        if (fd < 0)
                return -errno;
        *ret = fd;
        return 0;
}

void livepatch_watch_open(int kernel_messages, MemoryPool *pool, LivepatchWatchSources *ret,
                          TextList *ret_problems) {
        LivepatchWatchSources sources = { .uevents = -1, .kernel_messages = kernel_messages };
        int r;

        r = open_uevents(&sources.uevents);
        if (r < 0)
                text_list_format(ret_problems, pool,
                                 "the kernel's events cannot be listened to (%s): new live patches "
                                 "are noticed within 5 minutes only",
                                 strerror(-r));
        if (sources.kernel_messages < 0) {
                r = open_kernel_messages(&sources.kernel_messages);
                if (r < 0)
                        text_list_format(ret_problems, pool,
                                         "/dev/kmsg cannot be read (%s): that a transition was "
                                         "forced, or a live patch refused, is not told",
                                         strerror(-r));
        }
        /* The manager hands the same open file to a daemon after a crash: what that one has read may not be told. */
        if (sources.kernel_messages >= 0)
                lseek(sources.kernel_messages, 0, SEEK_SET);
        sources.earlier = sources.kernel_messages >= 0;
        *ret = sources;
}

static int boot_now(const LivepatchWatch *watch, uint64_t *ret) {
        int r;

        r = sd_event_now(watch->loop, CLOCK_BOOTTIME, ret);
        return r < 0 ? error_origin(r) : 0;
}

/*
 * Sets the one timer to the earliest look that is due; only that without a hint may be late. One that is set to
 * it already is let alone: setting takes an elapse back that is not told yet, and a flood of hints would do so
 * for as long as it lasts.
 */
static int arm(LivepatchWatch *watch) {
        Due next = DUE_FALLBACK;
        int r;

        for (Due due = 0; due < _DUE_MAX; due++)
                if (watch->due[due] != 0 && watch->due[due] < watch->due[next])
                        next = due;
        if (watch->armed == watch->due[next])
                return 0;
        r = sd_event_source_set_time_accuracy(watch->timer_source,
                                              next == DUE_FALLBACK ? SLACK_USEC : EXACT_USEC);
        if (r >= 0)
                r = sd_event_source_set_time(watch->timer_source, watch->due[next]);
        if (r >= 0)
                r = sd_event_source_set_enabled(watch->timer_source, SD_EVENT_ONESHOT);
        if (r < 0)
                return error_origin(r);
        watch->armed = watch->due[next];
        return 0;
}

/* One that is due earlier stays; but the last of several looks is the last. */
static void set_due(LivepatchWatch *watch, Due due, uint64_t time) {
        if (watch->due[due] == 0 || (due == DUE_LAST) == (watch->due[due] < time))
                watch->due[due] = time;
}

static void ask_soon(LivepatchWatch *watch, uint64_t now) {
        uint64_t earliest = watch->looked + LIVEPATCH_WATCH_DEBOUNCE_USEC;

        set_due(watch, DUE_SOON, watch->looked == 0 || earliest < now ? now : earliest);
}

static int ask(LivepatchWatch *watch) {
        uint64_t now;
        int r;

        r = boot_now(watch, &now);
        if (r)
                return error_fold(r);
        ask_soon(watch, now);
        r = arm(watch);
        return r ? error_fold(r) : 0;
}

static int on_timer(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        LivepatchWatch *watch = userdata;
        uint64_t now;
        int r;

        r = boot_now(watch, &now);
        if (r)
                return error_fold(r);
        for (Due due = 0; due < _DUE_MAX; due++)
                if (watch->due[due] <= now)
                        watch->due[due] = 0;
        if (watch->in_transition != 0 && watch->due[DUE_TRANSITION] == 0)
                watch->due[DUE_TRANSITION] = now + (now - watch->in_transition < LONG_AFTER_USEC
                                                                    ? TRANSITION_USEC
                                                                    : LONG_TRANSITION_USEC);
        watch->due[DUE_FALLBACK] = now + LIVEPATCH_WATCH_FALLBACK_USEC;
        watch->looked = now;
        watch->armed = 0;
        r = arm(watch);
        if (r)
                return error_fold(r);
        return watch->owner.look(watch->owner.userdata);
}

/* "add@/module/NAME" and "remove@/module/NAME", then NUL-separated variables. */
static bool is_of_module(const char *data, size_t n_bytes) {
        static const char *const beginnings[] = { "add@/module/", "remove@/module/" };

        for (size_t i = 0; i < ELEMENTS(beginnings); i++)
                if (n_bytes > strlen(beginnings[i]) &&
                    memcmp(data, beginnings[i], strlen(beginnings[i])) == 0)
                        return true;
        return false;
}

/* Reads what is there. True when modules came or went, or when events were lost. */
static bool drain_uevents(LivepatchWatch *watch) {
        char data[UEVENT_BYTES];
        bool wanted = false;

        for (unsigned i = 0; i < MAX_DATAGRAMS; i++) {
                uint32_t port = UINT32_MAX;
                ssize_t n;

                n = watch->sources.receive(watch->sources.uevents, data, sizeof(data), &port);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0 && errno == ENOBUFS) {
                        wanted = true;
                        continue;
                }
                if (n < 0)
                        return wanted;
                if (port == 0 && is_of_module(data, (size_t) n))
                        wanted = true;
        }
        return wanted;
}

static int on_uevent(_unused_ sd_event_source *source, _unused_ int fd, _unused_ uint32_t events,
                     void *userdata) {
        LivepatchWatch *watch = userdata;
        uint64_t now;
        int r;

        if (!drain_uevents(watch))
                return 0;
        r = boot_now(watch, &now);
        if (r)
                return error_fold(r);
        ask_soon(watch, now);
        set_due(watch, DUE_AFTER_UEVENT, now + AFTER_UEVENT_USEC);
        set_due(watch, DUE_LAST, now + LAST_USEC);
        r = arm(watch);
        return r ? error_fold(r) : 0;
}

/* Nothing more is there: what comes from now on is news. */
static int hear_out(LivepatchWatch *watch) {
        if (!watch->sources.earlier)
                return 0;
        watch->sources.earlier = false;
        return watch->owner.kernel_heard_out(watch->owner.userdata);
}

/* It is printed before sysfs tells the same. */
static int look_after_message(LivepatchWatch *watch) {
        uint64_t now;
        int r;

        r = boot_now(watch, &now);
        if (r)
                return error_fold(r);
        set_due(watch, DUE_SHORTLY, now + AFTER_MESSAGE_USEC);
        set_due(watch, DUE_LAST, now + LATER_USEC);
        r = arm(watch);
        return r ? error_fold(r) : 0;
}

static int on_message(sd_event_source *source, int fd, _unused_ uint32_t events, void *userdata) {
        LivepatchWatch *watch = userdata;
        char record[KERNEL_MESSAGE_RECORD_BYTES];
        int r;

        for (unsigned i = 0; i < MAX_DATAGRAMS; i++) {
                KernelMessage message;
                ssize_t n;

                n = read(fd, record, sizeof(record));
                if (n < 0 && errno == EAGAIN)
                        return hear_out(watch);
                if (n < 0 && errno == EINTR)
                        continue;
                /* Records that were overwritten, or one that was too long: they may have been ours. */
                if (n < 0 && (errno == EPIPE || errno == EINVAL)) {
                        r = ask(watch);
                        if (r)
                                return error_fold(r);
                        continue;
                }
                if (n <= 0) { /* no more will come; nothing depends on it */
                        r = sd_event_source_set_enabled(source, SD_EVENT_OFF);
                        return r < 0 ? error_origin(r) : hear_out(watch);
                }

                kernel_message_read(record, (size_t) n, &message);
                if (message.kind == KERNEL_MESSAGE_OTHER)
                        continue;
                r = watch->sources.earlier ? 0 : look_after_message(watch);
                if (r == 0)
                        r = watch->owner.kernel_said(watch->owner.userdata, &message);
                if (r)
                        return r < 0 ? error_trace(r) : 0;
        }
        return 0;
}

/*
 * The clock was set, or the machine has slept: the kernel cancels the timer for both. When that happened
 * since the last time, it says so here, too, and the timer is armed all the same.
 */
static int arm_clock(LivepatchWatch *watch) {
        struct itimerspec never = { .it_value.tv_sec = (time_t) 1 << 33 };

        if (timerfd_settime(watch->clock_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never,
                            NULL) < 0 &&
            errno != ECANCELED)
                return error_origin(-errno);
        return 0;
}

static int on_clock(_unused_ sd_event_source *source, int fd, _unused_ uint32_t events,
                    void *userdata) {
        LivepatchWatch *watch = userdata;
        uint64_t n_elapsed;
        int r;

        (void) !read(fd, &n_elapsed, sizeof(n_elapsed)); /* ECANCELED, and ready for the next one */
        r = arm_clock(watch);
        if (r)
                return error_fold(r);
        return ask(watch);
}

/* The kernel has let go of a folder; its number is not given out again. */
static void forget_number(LivepatchWatch *watch, int number) {
        if (watch->host_facts_number == number)
                watch->host_facts_number = -1;
        if (watch->patches_number == number)
                watch->patches_number = -1;
        for (size_t i = 0; i < watch->n_folders; i++)
                if (watch->folders[i].number == number)
                        watch->folders[i].number = -1;
}

static int on_inotify(_unused_ sd_event_source *source, int fd, _unused_ uint32_t events,
                      void *userdata) {
        LivepatchWatch *watch = userdata;
        alignas(struct inotify_event) char data[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
        bool host_facts = false, patches = false;
        uint64_t now;
        ssize_t n;
        int r;

        n = read(fd, data, sizeof(data));
        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? 0 : error_origin(-errno);
        for (ssize_t at = 0; at < n;) {
                const struct inotify_event *event = (const struct inotify_event *) (data + at);

                at += (ssize_t) (sizeof(*event) + event->len);
                if (event->mask & IN_Q_OVERFLOW)
                        patches = host_facts = true; /* what was lost may have been either */
                else if (event->wd != watch->host_facts_number)
                        patches = true;
                else if (event->len > 0 && strcmp(event->name, HOST_FACTS_NAME) == 0)
                        host_facts = true;
                if (event->mask & IN_IGNORED)
                        forget_number(watch, event->wd);
        }
        if (patches) {
                r = boot_now(watch, &now);
                if (r)
                        return error_fold(r);
                ask_soon(watch, now);
                set_due(watch, DUE_SHORTLY, now + AFTER_WRITE_USEC);
                r = arm(watch);
                if (r)
                        return error_fold(r);
        }
        return host_facts ? watch->owner.host_facts_came(watch->owner.userdata) : 0;
}

/* inotify's number for a folder below the root; -1 when it is not there or cannot be watched. */
static int watch_folder(LivepatchWatch *watch, const char *path, uint32_t mask) {
        _cleanup_(closep) int fd = -1;
        char link[64];

        if (host_root_open(watch->root, path, O_PATH | O_DIRECTORY, &fd) != 0)
                return -1;
        snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        return inotify_add_watch(watch->inotify_fd, link, mask);
}

/* Folders that always may be there: tried again with each look while they are not. */
static bool watch_fixed_folders(LivepatchWatch *watch) {
        bool more = false;

        if (watch->host_facts_number < 0)
                watch->host_facts_number = watch_folder(watch, HOST_FACTS_FOLDER,
                                                        IN_MOVED_TO | IN_CLOSE_WRITE);
        /* sysfs tells nothing of this kind (before 7.2); a recorded host does. */
        if (watch->patches_number < 0) {
                watch->patches_number =
                                watch_folder(watch, PATCHES,
                                             IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO);
                more = watch->patches_number >= 0;
        }
        return more;
}

static int add_source(LivepatchWatch *watch, sd_event_source **ret, int fd, const char *description,
                      sd_event_io_handler_t handler) {
        int r;

        if (fd < 0)
                return 0;
        r = sd_event_add_io(watch->loop, ret, fd, EPOLLIN, handler, watch);
        if (r >= 0)
                r = sd_event_source_set_description(*ret, description);
        if (r >= 0)
                r = sd_event_source_set_exit_on_failure(*ret, true);
        return r < 0 ? error_origin(r) : 0;
}

static int add_sources(LivepatchWatch *watch) {
        int r;

        watch->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        watch->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
        if (watch->inotify_fd < 0 || watch->clock_fd < 0)
                return error_origin(-errno);
        r = arm_clock(watch);
        if (r == 0)
                r = add_source(watch, &watch->inotify_source, watch->inotify_fd, "inotify",
                               on_inotify);
        if (r == 0)
                r = add_source(watch, &watch->clock_source, watch->clock_fd, "clock-set", on_clock);
        if (r == 0)
                r = add_source(watch, &watch->uevent_source, watch->sources.uevents, "uevents",
                               on_uevent);
        if (r == 0)
                r = add_source(watch, &watch->message_source, watch->sources.kernel_messages,
                               "kernel-messages", on_message);
        if (r)
                return error_fold(r);

        r = sd_event_add_time(watch->loop, &watch->timer_source, CLOCK_BOOTTIME, UINT64_MAX,
                              EXACT_USEC, on_timer, watch);
        if (r >= 0)
                r = sd_event_source_set_description(watch->timer_source, "look-again");
        if (r >= 0)
                r = sd_event_source_set_exit_on_failure(watch->timer_source, true);
        return r < 0 ? error_origin(r) : 0;
}

int livepatch_watch_new(sd_event *loop, const HostRoot *root, const LivepatchWatchSources *sources,
                        const LivepatchWatchOwner *owner, LivepatchWatch **ret) {
        _cleanup_(livepatch_watch_freep) LivepatchWatch *watch = NULL;
        uint64_t now;
        int r;

        watch = calloc(1, sizeof(*watch));
        if (!watch) {
                closep(&(int){ sources->uevents });
                closep(&(int){ sources->kernel_messages });
                return error_origin(-ENOMEM);
        }
        watch->sources = *sources;
        if (!watch->sources.receive)
                watch->sources.receive = receive_netlink;
        watch->inotify_fd = watch->clock_fd = watch->patches_number = watch->host_facts_number = -1;
        watch->loop = sd_event_ref(loop);
        watch->root = root;
        watch->owner = *owner;
        r = add_sources(watch);
        if (r == 0)
                r = boot_now(watch, &now);
        if (r)
                return error_fold(r);
        watch_fixed_folders(watch);
        watch->due[DUE_FALLBACK] = now + LIVEPATCH_WATCH_FALLBACK_USEC;
        r = arm(watch);
        if (r)
                return error_fold(r);

        *ret = TAKE(watch);
        return 0;
}

LivepatchWatch *livepatch_watch_free(LivepatchWatch *watch) {
        if (!watch)
                return NULL;

        for (size_t i = 0; i < watch->n_folders; i++)
                free(watch->folders[i].name);
        free(watch->folders);
        sd_event_source_disable_unref(watch->timer_source);
        sd_event_source_disable_unref(watch->message_source);
        sd_event_source_disable_unref(watch->uevent_source);
        sd_event_source_disable_unref(watch->clock_source);
        sd_event_source_disable_unref(watch->inotify_source);
        closep(&watch->inotify_fd);
        closep(&watch->clock_fd);
        closep(&watch->sources.uevents);
        closep(&watch->sources.kernel_messages);
        sd_event_unref(watch->loop);
        free(watch);
        return NULL;
}

/* What is known of this patch's folder, made when nothing is; NULL when there is no memory for it. */
static FolderWatch *find_folder(LivepatchWatch *watch, const char *name) {
        FolderWatch *folders;

        for (size_t i = 0; i < watch->n_folders; i++)
                if (strcmp(watch->folders[i].name, name) == 0)
                        return &watch->folders[i];
        folders = reallocarray(watch->folders, watch->n_folders + 1, sizeof(*folders));
        if (!folders)
                return NULL;
        watch->folders = folders;
        folders[watch->n_folders] = (FolderWatch){ .name = strdup(name), .number = -1 };
        return folders[watch->n_folders].name ? &folders[watch->n_folders++] : NULL;
}

/*
 * Makes sure that this patch's folder is watched; true when it is watched only from now on. It may be
 * another folder of the same name: the same one gives the same number again.
 */
static int follow_patch(LivepatchWatch *watch, const char *name, bool *ret_new) {
        FolderWatch *folder = find_folder(watch, name);
        char path[sizeof(PATCHES) + NAME_MAX + 2];
        int number;

        if (!folder)
                return error_origin(-ENOMEM);
        folder->seen = true;
        snprintf(path, sizeof(path), PATCHES "/%.*s", NAME_MAX, name);
        number = watch_folder(watch, path, IN_MODIFY | IN_CLOSE_WRITE);
        if (number == folder->number)
                return 0;
        if (folder->number >= 0)
                inotify_rm_watch(watch->inotify_fd, folder->number);
        folder->number = number;
        if (number >= 0)
                *ret_new = true;
        return 0;
}

/* A folder that went keeps its watch until it is taken away: sysfs does not say that it goes. */
static void leave_unseen(LivepatchWatch *watch) {
        size_t n = 0;

        for (size_t i = 0; i < watch->n_folders; i++) {
                FolderWatch *folder = &watch->folders[i];

                if (folder->seen) {
                        watch->folders[n++] = *folder;
                        continue;
                }
                if (folder->number >= 0)
                        inotify_rm_watch(watch->inotify_fd, folder->number);
                free(folder->name);
        }
        watch->n_folders = n;
}

/* Follows each patch that was found. True in `ret_transition` when one is in transition, or may still be. */
static int follow_patches(LivepatchWatch *watch, const HostFacts *host, bool *ret_transition,
                          bool *ret_unreadable, bool *ret_new) {
        bool in_transition = false;

        for (size_t i = 0; i < watch->n_folders; i++)
                watch->folders[i].seen = false;
        for (size_t i = 0; i < host->n_patches; i++) {
                const LoadedPatch *patch = &host->patches[i];
                int r;

                if (!patch->listed)
                        continue;
                if (patch->transition == TRISTATE_UNKNOWN)
                        *ret_unreadable = true;
                in_transition = in_transition || patch->transition == TRISTATE_YES ||
                                (patch->transition == TRISTATE_UNKNOWN && *ret_transition);
                r = follow_patch(watch, patch->name, ret_new);
                if (r)
                        return error_fold(r);
        }
        leave_unseen(watch);
        *ret_transition = in_transition;
        return 0;
}

/* After a look that failed, or failed in a part: soon again, and ever later while it goes on failing. */
static void plan_retry(LivepatchWatch *watch, bool unreadable, uint64_t now) {
        if (!unreadable) {
                watch->retry_usec = watch->due[DUE_UNREADABLE] = 0;
                return;
        }
        if (watch->due[DUE_UNREADABLE] != 0)
                return;
        watch->retry_usec = watch->retry_usec == 0 ? UNREADABLE_USEC : 2 * watch->retry_usec;
        if (watch->retry_usec > LIVEPATCH_WATCH_FALLBACK_USEC)
                watch->retry_usec = LIVEPATCH_WATCH_FALLBACK_USEC;
        watch->due[DUE_UNREADABLE] = now + watch->retry_usec;
}

int livepatch_watch_follow(LivepatchWatch *watch, const HostFacts *host) {
        bool in_transition = watch->in_transition != 0, unreadable = host->livepatch_unknown, new;
        uint64_t now;
        int r;

        new = watch_fixed_folders(watch);
        if (!unreadable) {
                r = follow_patches(watch, host, &in_transition, &unreadable, &new);
                if (r)
                        return error_fold(r);
        }

        r = boot_now(watch, &now);
        if (r)
                return error_fold(r);
        plan_retry(watch, unreadable, now);
        if (!in_transition)
                watch->in_transition = watch->due[DUE_TRANSITION] = 0;
        else if (watch->in_transition == 0) {
                watch->in_transition = now;
                watch->due[DUE_TRANSITION] = now + TRANSITION_USEC;
        }
        /* What was written between the scan and the watch has told nobody. */
        if (new)
                ask_soon(watch, now);
        r = arm(watch);
        return r ? error_fold(r) : 0;
}
