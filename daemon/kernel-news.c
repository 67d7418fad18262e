/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * News from the kernel's log. It refuses to conclude any state from them: that a patch is loaded, applied or
 * gone is seen in sysfs. What is left are failures, which leave no trace there, and force.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/atomic-file.h"
#include "base/error.h"
#include "base/text.h"
#include "kernel-news.h"

#define LINE_BYTES 256

#define say(...) memory_pool_format(pool, __VA_ARGS__)

static void keep_reason(KernelNews *news, const char *text, const char *object) {
        snprintf(news->reason, sizeof(news->reason), "%s%s", text, object);
}

static void tell_failed(KernelNews *news, const char *patch, MemoryPool *pool, ChangeEvents *ret) {
        ChangeEvent event = { .kind = EVENT_PATCH_FAILED, .patch = memory_pool_text(pool, patch) };

        event.reason = news->reason[0] != '\0' ? memory_pool_text(pool, news->reason) : NULL;
        event.text = event.reason ? say("The kernel could not enable live patch %s: %s.",
                                        event.patch, event.reason)
                                  : say("The kernel could not enable live patch %s; it gives no "
                                        "reason.",
                                        event.patch);
        change_events_add(pool, &event, ret);
        *news = (KernelNews){};
}

static void tell_refused_module(const KernelMessage *message, MemoryPool *pool, ChangeEvents *ret) {
        ChangeEvent event = { .kind = EVENT_PATCH_FAILED,
                              .patch = memory_pool_text(pool, message->name) };

        event.reason = say("it could not be applied to module %s, which was not loaded therefore",
                           message->object);
        event.text = say("Live patch %s failed: %s.", event.patch, event.reason);
        change_events_add(pool, &event, ret);
}

static const char *find_in_transition(const HostFacts *host) {
        for (size_t i = 0; host && i < host->n_patches; i++)
                if (loaded_patch_in_transition(&host->patches[i]))
                        return host->patches[i].name;
        return NULL;
}

static void tell_forced(const HostFacts *host, MemoryPool *pool, ChangeEvents *ret) {
        const char *patch = find_in_transition(host);
        ChangeEvent event = { .kind = EVENT_TRANSITION_FORCED,
                              .patch = patch ? memory_pool_text(pool, patch) : NULL };

        event.text = event.patch ? say("The transition of live patch %s was forced: its module, "
                                       "and "
                                       "those that it replaced, can never be unloaded.",
                                       event.patch)
                                 : "The transition of a live patch was forced: no module of a live "
                                   "patch can be unloaded any more.";
        change_events_add(pool, &event, ret);
}

void kernel_news_tell(KernelNews *news, const KernelMessage *message, const HostFacts *host,
                      MemoryPool *pool, ChangeEvents *ret) {
        switch (message->kind) {
        case KERNEL_MESSAGE_ENABLING:
                *news = (KernelNews){};
                break;
        case KERNEL_MESSAGE_OBJECT_FAILED:
                keep_reason(news, "it could not patch object ", message->object);
                break;
        case KERNEL_MESSAGE_CALLBACK_FAILED:
                keep_reason(news, "its pre-patch callback failed for object ", message->object);
                break;
        case KERNEL_MESSAGE_ENABLE_FAILED:
                tell_failed(news, message->name, pool, ret);
                break;
        case KERNEL_MESSAGE_NOT_COMPATIBLE:
                keep_reason(news, "it is not compatible with those that are installed", "");
                tell_failed(news, message->name, pool, ret);
                break;
        case KERNEL_MESSAGE_MODULE_REFUSED:
                tell_refused_module(message, pool, ret);
                *news = (KernelNews){};
                break;
        case KERNEL_MESSAGE_FORCING:
                tell_forced(host, pool, ret);
                break;
        default:
                break;
        }
}

void kernel_news_overtake(const KernelMessage *message, ChangeEvents *events) {
        size_t n = 0;

        if (message->kind != KERNEL_MESSAGE_PATCHED)
                return;
        for (size_t i = 0; i < events->n_items; i++)
                if (events->items[i].kind != EVENT_PATCH_FAILED ||
                    !text_equal(events->items[i].patch, message->name))
                        events->items[n++] = events->items[i];
        events->n_items = n;
}

int kernel_told_read(const HostRoot *root, uint64_t *ret) {
        char boot_id[HOST_ROOT_BOOT_ID_BYTES], of_boot[HOST_ROOT_BOOT_ID_BYTES];
        _cleanup_free_ char *line = NULL;
        uint64_t number;
        int r;

        *ret = 0;
        r = host_root_read_boot_id(root, boot_id);
        if (r == 0)
                r = host_root_read_line(root, KERNEL_TOLD_FOLDER "/" KERNEL_TOLD_NAME, LINE_BYTES,
                                        &line);
        if (r)
                return r < 0 ? error_trace(r) : 0;
        if (sscanf(line, "kernel-told 1 %63s %" SCNu64, of_boot, &number) == 2 &&
            strcmp(of_boot, boot_id) == 0)
                *ret = number;
        return 0;
}

int kernel_told_write(const HostRoot *root, uint64_t number) {
        char boot_id[HOST_ROOT_BOOT_ID_BYTES], line[LINE_BYTES];
        _cleanup_close_ int folder = -1;
        int r;

        r = host_root_read_boot_id(root, boot_id);
        if (r)
                return error_fold(r);
        r = host_root_open(root, KERNEL_TOLD_FOLDER, O_RDONLY | O_DIRECTORY, &folder);
        if (r)
                return r < 0 ? error_trace(r) : 1;
        snprintf(line, sizeof(line), "kernel-told 1 %s %" PRIu64 "\n", boot_id, number);
        r = atomic_file_write_volatile(folder, KERNEL_TOLD_NAME, line, strlen(line), 0644);
        return r < 0 ? error_trace(r) : r;
}
