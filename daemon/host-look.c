/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Looking at the host. sysfs is read at once, each time; packages, boot entries and module files come
 * from klpwatch-hostfacts, whose last readable answer is kept: a run that fails, hangs or talks rubbish
 * costs that one look and nothing that was known before.
 *
 * A service manager that runs the program does not notice what changes while it runs. So when an answer
 * came that was not asked for, one more is asked for a little later, until two are the same. Nor does
 * it notice every file of a live patch; so one more is asked for when other patches are loaded. And a
 * request that falls into the end of a run is lost: it is made again while no answer comes.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/journal-log.h"
#include "base/text.h"
#include "base/utc-time.h"
#include "format/host-facts-json.h"
#include "host-look.h"
#include "host/host-facts-file.h"
#include "host/hostfacts-process.h"
#include "host/livepatch-scan.h"

#define HOSTFACTS_TIMEOUT_USEC ((uint64_t) 120 * USEC_PER_SEC)
/* A request is made again after one, two and four seconds more, and given up after eight more. */
#define REQUEST_FIRST_USEC ((uint64_t) 1 * USEC_PER_SEC)
#define REQUEST_LAST_USEC ((uint64_t) 8 * USEC_PER_SEC)
#define AGAIN_USEC ((uint64_t) 10 * USEC_PER_SEC)

#define REQUEST_FOLDER "run/klpwatch"
#define REQUEST_NAME "request"

struct HostLook {
        const HostRoot *root;
        const char *root_path, *program; /* no program: it is asked for */
        char *text;                      /* what klpwatch-hostfacts said last; NULL before it did */
        size_t n_text;
        char *problem; /* why the last run failed; NULL after a good one */

        HostfactsProcess *process;
        bool requested;    /* it was asked for and has not answered yet */
        uint64_t patience; /* µs until it is asked for again */
        bool refused;      /* what it left could not be read, and that was said */
        sd_event *loop;
        sd_event_source *output_source;
        sd_event_source *timeout_source;
        sd_event_source *again_source;
        int (*on_ended)(void *userdata);
        void *userdata;
};

int host_look_new(const HostRoot *root, const char *root_path, const char *program,
                  HostLook **ret) {
        HostLook *look;

        look = calloc(1, sizeof(*look));
        if (!look)
                return error_origin(-ENOMEM);
        look->root = root;
        look->root_path = root_path;
        look->program = program;

        *ret = look;
        return 0;
}

HostLook *host_look_free(HostLook *look) {
        if (!look)
                return NULL;

        sd_event_source_disable_unref(look->again_source);
        sd_event_source_disable_unref(look->timeout_source);
        sd_event_source_disable_unref(look->output_source);
        sd_event_unref(look->loop);
        hostfacts_process_free(look->process);
        free(look->problem);
        free(look->text);
        free(look);
        return NULL;
}

int host_look_recall(HostLook *look) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const char *reason = NULL;
        size_t n_bytes = 0;
        char *text = NULL;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = host_facts_file_read(look->root, pool, &text, &n_bytes, &reason);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_FACTS_FILE_E_REFUSED && !look->refused)
                journal_log(LOG_WARNING, "%s; it is left aside, and the host looked at anew",
                            reason);
        look->refused = r == HOST_FACTS_FILE_E_REFUSED;
        if (r)
                return 0;
        free(look->text);
        look->text = text;
        look->n_text = n_bytes;
        return 1;
}

bool host_look_is_running(const HostLook *look) {
        return look->process != NULL || look->requested;
}

const char *host_look_problem(const HostLook *look) {
        return look->problem;
}

/* Everything that klpwatch-hostfacts would have told is unknown, for this one reason. */
static void blame_hostfacts(HostFacts *host, const char *reason) {
        host->installed_kernels_unknown = host->default_kernel_unknown = reason;
        host->packages_unknown = host->modules_unknown = reason;
        host->loader_unknown = host->repositories_unknown = reason;
}

int host_look_take(const HostLook *look, HostFacts **ret) {
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        const char *problem = NULL;
        int r;

        r = host_facts_new(&host);
        if (r)
                return error_fold(r);
        r = livepatch_scan(look->root, host);
        if (r)
                return error_fold(r);
        if (look->text) {
                r = host_facts_json_read(look->text, look->n_text, host, &problem);
                if (r < 0)
                        return error_trace(r);
        } else
                problem = look->problem ? look->problem : "klpwatch-hostfacts has not answered yet";
        if (problem)
                blame_hostfacts(host, memory_pool_text(host->pool, problem));
        if (memory_pool_exhausted(host->pool))
                return error_origin(-ENOMEM);

        *ret = TAKE(host);
        return 0;
}

static int end_run(HostLook *look, const char *problem) {
        free(look->problem);
        look->problem = problem ? strdup(problem) : NULL;
        if (problem && !look->problem)
                return error_origin(-ENOMEM);
        if (problem)
                journal_log(LOG_WARNING, "%s; %s", problem,
                            look->text ? "what was seen before stays"
                                       : "boot entries, packages and module files are unknown");
        look->timeout_source = sd_event_source_disable_unref(look->timeout_source);
        look->output_source = sd_event_source_disable_unref(look->output_source);
        look->process = hostfacts_process_free(look->process);
        look->requested = false;
        return look->on_ended(look->userdata);
}

/* Keeps what was said if it can be read, which is then the end of a good run; `output` is taken over. */
static int end_run_with(HostLook *look, char *output, size_t n_bytes) {
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        _cleanup_free_ char *text = output;
        const char *problem = NULL;
        int r;

        r = host_facts_new(&host);
        if (r)
                return error_fold(r);
        r = host_facts_json_read(text, n_bytes, host, &problem);
        if (r < 0)
                return error_trace(r);
        if (r)
                return end_run(look, memory_pool_format(host->pool,
                                                        "klpwatch-hostfacts said what cannot be "
                                                        "read (%s)",
                                                        problem));
        free(look->text);
        look->text = TAKE(text);
        look->n_text = n_bytes;
        return end_run(look, NULL);
}

static int on_output(_unused_ sd_event_source *source, _unused_ int fd, _unused_ uint32_t events,
                     void *userdata) {
        HostLook *look = userdata;
        const char *problem = NULL;
        size_t n_bytes;
        char *output;
        int r;

        r = hostfacts_process_dispatch(look->process, &output, &n_bytes, &problem);
        if (r < 0)
                return error_trace(r);
        if (r == HOSTFACTS_PROCESS_E_RUNNING)
                return 0;
        return r == 0 ? end_run_with(look, output, n_bytes) : end_run(look, problem);
}

/* Recalls, and says whether what was said is another answer than the one before. 1, 0 or -ENOMEM, as that. */
static int recall_another(HostLook *look, bool *ret_another) {
        _cleanup_free_ char *before = look->text ? strdup(look->text) : NULL;
        int taken;

        if (look->text && !before)
                return error_origin(-ENOMEM);
        taken = host_look_recall(look);
        if (taken < 0)
                return error_trace(taken);
        *ret_another = taken > 0 && !text_equal(before, look->text);
        return taken;
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata);

/* A fatal error in a handler ends the loop: by default sd-event would only switch the source off. */
static int describe_source(sd_event_source *source, const char *description) {
        int r;

        r = sd_event_source_set_description(source, description);
        return r < 0 ? r : sd_event_source_set_exit_on_failure(source, true);
}

static int set_timeout(HostLook *look, uint64_t usec) {
        int r;

        r = sd_event_add_time_relative(look->loop, &look->timeout_source, CLOCK_BOOTTIME, usec, 0,
                                       on_timeout, look);
        if (r >= 0)
                r = describe_source(look->timeout_source, "hostfacts-timeout");
        return r < 0 ? error_origin(r) : 0;
}

/* Whoever watches the file sees it closed after writing; what is in it does not matter. */
static int touch_request(const HostRoot *root) {
        _cleanup_close_ int folder = -1, file = -1;
        int r;

        r = host_root_open(root, REQUEST_FOLDER, O_DIRECTORY, &folder);
        if (r < 0)
                return error_trace(r);
        if (r)
                return r;
        file = openat(folder, REQUEST_NAME,
                      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
        return file < 0 ? HOST_ROOT_E_REFUSED : 0;
}

static int request(HostLook *look) {
        int r;

        r = touch_request(look->root);
        if (r < 0)
                return error_trace(r);
        if (r) {
                char problem[512];

                snprintf(problem, sizeof(problem),
                         "klpwatch-hostfacts cannot be asked for by /" REQUEST_FOLDER
                         "/" REQUEST_NAME ": %s",
                         strerror(errno));
                return end_run(look, problem);
        }
        look->requested = true;
        return set_timeout(look, look->patience);
}

static int on_timeout(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        HostLook *look = userdata;
        bool another = false;
        int r;

        if (!look->requested)
                return end_run(look, "klpwatch-hostfacts did not finish within two minutes");
        /* The hint that it has answered may have been lost. */
        r = recall_another(look, &another);
        if (r < 0)
                return error_trace(r);
        if (another)
                return end_run(look, NULL);
        if (look->patience >= REQUEST_LAST_USEC)
                return end_run(look, "klpwatch-hostfacts was asked for and did not answer within "
                                     "15 seconds; its journal may say why");
        look->timeout_source = sd_event_source_disable_unref(look->timeout_source);
        look->patience *= 2;
        return request(look);
}

static int start_program(HostLook *look) {
        char problem[512];
        int r;

        r = hostfacts_process_new(look->program, look->root_path, &look->process);
        if (r < 0)
                return error_trace(r);
        if (r) {
                snprintf(problem, sizeof(problem), "%s cannot be started: %s", look->program,
                         strerror(errno));
                return end_run(look, problem);
        }

        r = sd_event_add_io(look->loop, &look->output_source,
                            hostfacts_process_get_fd(look->process), EPOLLIN, on_output, look);
        if (r >= 0)
                r = describe_source(look->output_source, "hostfacts-output");
        if (r < 0)
                return error_origin(r);
        return set_timeout(look, HOSTFACTS_TIMEOUT_USEC);
}

static int ask_for_program(HostLook *look) {
        look->patience = REQUEST_FIRST_USEC;
        return request(look);
}

static int plan_another(HostLook *look);

static int on_again(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        HostLook *look = userdata;

        look->again_source = sd_event_source_disable_unref(look->again_source);
        /* What a look that runs saw may be older than what this one is for. */
        return host_look_is_running(look)
                               ? plan_another(look)
                               : host_look_begin(look, look->loop, look->on_ended, look->userdata);
}

static int plan_another(HostLook *look) {
        int r;

        if (!look->loop || look->again_source)
                return 0;
        r = sd_event_add_time_relative(look->loop, &look->again_source, CLOCK_BOOTTIME, AGAIN_USEC,
                                       0, on_again, look);
        if (r >= 0)
                r = describe_source(look->again_source, "hostfacts-again");
        return r < 0 ? error_origin(r) : 0;
}

static bool is_loaded(const HostFacts *host, const char *name) {
        for (size_t i = 0; i < host->n_patches; i++)
                if (strcmp(host->patches[i].name, name) == 0)
                        return true;
        return false;
}

static bool all_loaded(const HostFacts *host, const HostFacts *in) {
        for (size_t i = 0; i < host->n_patches; i++)
                if (!is_loaded(in, host->patches[i].name))
                        return false;
        return true;
}

int host_look_note(HostLook *look, const HostFacts *before, const HostFacts *now) {
        int r;

        if (before->livepatch_unknown || now->livepatch_unknown ||
            (all_loaded(before, now) && all_loaded(now, before)))
                return 0;
        r = plan_another(look);
        return r ? error_fold(r) : 0;
}

int host_look_came(HostLook *look) {
        bool requested = look->requested, another = false;
        int r, taken;

        taken = recall_another(look, &another);
        if (taken < 0)
                return error_trace(taken);
        if (!look->program && another) {
                r = plan_another(look);
                if (r)
                        return error_fold(r);
        }
        if (!requested)
                return taken;
        r = end_run(look, taken > 0 ? NULL : "klpwatch-hostfacts left what cannot be read");
        return r < 0 ? error_trace(r) : 0;
}

int host_look_begin(HostLook *look, sd_event *loop, int (*on_ended)(void *userdata),
                    void *userdata) {
        int r;

        if (host_look_is_running(look))
                return 0;
        if (!look->loop)
                look->loop = sd_event_ref(loop);
        look->on_ended = on_ended;
        look->userdata = userdata;
        look->again_source = sd_event_source_disable_unref(look->again_source);
        r = look->program ? start_program(look) : ask_for_program(look);
        return r < 0 ? error_trace(r) : 0;
}
