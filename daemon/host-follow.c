/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alert/alert-journal.h"
#include "base/error.h"
#include "base/journal-log.h"
#include "host-follow.h"
#include "host/livepatch-watch.h"
#include "host/patch-times.h"
#include "kernel-news.h"

struct HostFollow {
        HostFollowOwner owner;
        PatchTimes *times;
        LivepatchWatch *watch;
        KernelNews news;
        /* What the kernel said before this daemon listened or had a scan, and was not told yet; no pool: it was. */
        MemoryPool *pool;
        ChangeEvents earlier;
        bool heard_out;
        uint64_t told, last; /* numbers of the kernel's messages */
        const HostRoot *root;
        bool complained; /* the file of times could not be written when it was tried last */
};

static int on_look(void *userdata) {
        HostFollow *follow = userdata;

        return follow->owner.look(follow->owner.userdata);
}

static int on_host_facts(void *userdata) {
        HostFollow *follow = userdata;

        return follow->owner.host_facts_came(follow->owner.userdata);
}

/* What only the kernel's words tell goes into the journal as a record of its own, once a boot. */
static int tell(HostFollow *follow, const ChangeEvents *events, const HostFacts *host) {
        int r;

        if (events->n_items == 0)
                return 0;
        r = alert_journal_write(events, host ? host->kernel : NULL, journal_log_record);
        for (size_t i = 0; i < events->n_items && r == 0; i++)
                if (events->items[i].kind == EVENT_PATCH_FAILED)
                        r = follow->owner.patch_failed(follow->owner.userdata,
                                                       events->items[i].patch,
                                                       events->items[i].reason);
        if (r == 0)
                r = kernel_told_write(follow->root, follow->last);
        return r < 0 ? error_trace(r) : 0;
}

static int on_kernel_message(void *userdata, const KernelMessage *message) {
        HostFollow *follow = userdata;
        const HostFacts *host = follow->owner.host(follow->owner.userdata);
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        ChangeEvents events = {};
        int r;

        follow->last = message->number;
        if (follow->pool) {
                if (message->number > follow->told)
                        kernel_news_tell(&follow->news, message, NULL, follow->pool,
                                         &follow->earlier);
                kernel_news_overtake(message, &follow->earlier);
                return memory_pool_exhausted(follow->pool) ? error_origin(-ENOMEM) : 0;
        }
        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        journal_log(LOG_DEBUG, "the kernel says %s%s%s%s%s",
                    kernel_message_kind_to_text(message->kind), message->name[0] ? " of " : "",
                    message->name, message->object[0] ? " for " : "", message->object);
        kernel_news_tell(&follow->news, message, host, pool, &events);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        return tell(follow, &events, host);
}

/* Once all of it is heard, and a scan says on which kernel: a record names that. */
static int tell_earlier(HostFollow *follow, const HostFacts *host) {
        int r;

        if (!follow->pool || !follow->heard_out || !host)
                return 0;
        r = tell(follow, &follow->earlier, host);
        follow->earlier = (ChangeEvents){};
        follow->pool = memory_pool_free(follow->pool);
        return r ? error_fold(r) : 0;
}

static int on_kernel_heard_out(void *userdata) {
        HostFollow *follow = userdata;
        int r;

        follow->heard_out = true;
        r = tell_earlier(follow, follow->owner.host(follow->owner.userdata));
        return r ? error_fold(r) : 0;
}

static int begin_watch(HostFollow *follow, sd_event *loop, const HostRoot *root, int kernel_log) {
        LivepatchWatchOwner owner = { .look = on_look,
                                      .host_facts_came = on_host_facts,
                                      .kernel_said = on_kernel_message,
                                      .kernel_heard_out = on_kernel_heard_out,
                                      .userdata = follow };
        LivepatchWatchSources sources = { .uevents = -1, .kernel_messages = -1 };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        TextList problems = {};
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        /* What happens in this kernel is nothing to a recorded host. */
        if (!host_root_is_recorded(root))
                livepatch_watch_open(kernel_log, pool, &sources, &problems);
        else if (kernel_log >= 0)
                close(kernel_log);
        for (size_t i = 0; i < problems.n_items; i++)
                journal_log(LOG_NOTICE, "%s", problems.items[i]);
        follow->heard_out = !sources.earlier;
        r = livepatch_watch_new(loop, root, &sources, &owner, &follow->watch);
        return r ? error_fold(r) : 0;
}

int host_follow_new(sd_event *loop, const HostRoot *root, int kernel_log,
                    const HostFollowOwner *owner, HostFollow **ret) {
        _cleanup_(host_follow_freep) HostFollow *follow = NULL;
        int r;

        follow = calloc(1, sizeof(*follow));
        if (!follow) {
                if (kernel_log >= 0)
                        close(kernel_log);
                return error_origin(-ENOMEM);
        }
        follow->owner = *owner;
        follow->root = root;
        r = begin_watch(follow, loop, root, kernel_log);
        if (r == 0 && !follow->heard_out)
                r = memory_pool_new(&follow->pool);
        if (r == 0 && !follow->heard_out)
                r = kernel_told_read(root, &follow->told);
        if (r == 0)
                r = patch_times_new(root, &follow->times);
        if (r)
                return error_fold(r);

        *ret = TAKE(follow);
        return 0;
}

HostFollow *host_follow_free(HostFollow *follow) {
        if (!follow)
                return NULL;

        livepatch_watch_free(follow->watch);
        patch_times_free(follow->times);
        memory_pool_free(follow->pool);
        free(follow);
        return NULL;
}

int host_follow_note(HostFollow *follow, HostFacts *host, UtcTime now, uint64_t boot_usec) {
        int r;

        r = patch_times_note(follow->times, host, now, boot_usec);
        if (r == 0)
                r = livepatch_watch_follow(follow->watch, host);
        if (r)
                return error_fold(r);
        r = patch_times_save(follow->times);
        if (r < 0)
                return error_trace(r);
        if (r && !follow->complained)
                journal_log(LOG_WARNING,
                            "/" PATCH_TIMES_FOLDER "/" PATCH_TIMES_NAME " cannot be written (%s): "
                            "since when live patches are loaded is forgotten when klpwatchd ends",
                            strerror(errno));
        follow->complained = r > 0;
        r = tell_earlier(follow, host);
        return r ? error_fold(r) : 0;
}
