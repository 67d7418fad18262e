/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Steps. The daemon's advice is the one thing to do first; a maintenance window wants the whole list.
 * The list is built from what the daemon states, each step for a reason of its own, in the order that
 * makes each the last of its kind: first what closes CVEs without a reboot, then what the next boot
 * depends on, then the reboot.
 */

#include <string.h>

#include "base/text.h"
#include "core/package-version.h"
#include "ctl/patch-chain.h"
#include "ctl/plan-steps.h"
#include "ctl/reboot-target.h"
#include "ctl/remedy.h"
#include "ctl/wording.h"

typedef struct Planner {
        const Description *description;
        MemoryPool *pool;
        const char *action, *patch_state, *coverage; /* "" when not known */
        RebootTarget target;
        bool replaces;           /* a step puts a newer live patch in place */
        const char *new_default; /* what a step makes the default, or NULL */
        PlanSteps steps;
} Planner;

/* A plan that sends to the plan says nothing: where no command is known, none is given. */
static void add_command(Planner *planner, PlanStep *step, Remedy remedy, const char *kernel) {
        const char *command = remedy_command(planner->description, planner->pool, remedy, kernel);

        if (strcmp(command, REMEDY_FALLBACK) != 0)
                text_list_add(&step->commands, planner->pool, command);
}

static void add_step(Planner *planner, const PlanStep *step) {
        PlanStep *slot = memory_pool_append(planner->pool, planner->steps.items,
                                            planner->steps.n_items);

        if (slot)
                *slot = *step;
}

/* "Closes 5 CVEs." for the open CVEs with this verdict; NULL for none. */
static const char *closes(const Planner *planner, const char *path) {
        int64_t n = description_count(planner->description, path);

        return n > 0 ? memory_pool_format(planner->pool, "Closes %s.",
                                          wording_count(planner->pool, n, "CVE", "CVEs"))
                     : NULL;
}

static bool in_transition(const Planner *planner) {
        return strcmp(planner->patch_state, "transitioning") == 0 ||
               strcmp(planner->patch_state, "stalled") == 0;
}

static void plan_transition(Planner *planner) {
        PlanStep step = { .when = PLAN_WHEN_NOW, .date = UTC_DAY_NONE };

        if (!in_transition(planner))
                return;

        step.what = strcmp(planner->patch_state, "stalled") == 0
                                    ? "Look at the tasks that hold up the transition of the live "
                                      "patch."
                                    : "Wait until the transition of the live patch has finished.";
        step.gain = closes(planner, "exposure.verdicts.live-patch-pending");
        add_command(planner, &step, REMEDY_LOOK_AT_TRANSITION, NULL);
        add_step(planner, &step);
}

/* Loads what is on disk when that is newer than what runs, or when nothing is active. */
static void plan_load(Planner *planner) {
        const Description *loaded = patch_chain_loaded_known(planner->description);
        const char *on_disk = description_text(planner->description, "patch.on_disk");
        const char *running = loaded ? description_text(loaded, "version") : NULL;
        bool idle = strcmp(planner->patch_state, "disabled") == 0 ||
                    strcmp(planner->patch_state, "missing") == 0;
        PlanStep step = { .when = PLAN_WHEN_NOW, .date = UTC_DAY_NONE };

        if (!on_disk || in_transition(planner) ||
            (!idle && (!running || package_evr_compare(running, on_disk) >= 0)))
                return;

        step.what = memory_pool_format(planner->pool,
                                       "Load live patch %s, which is on this host already.",
                                       on_disk);
        step.gain = closes(planner, "exposure.verdicts.live-patch-not-active");
        add_command(planner, &step, REMEDY_LOAD_PATCH, NULL);
        add_step(planner, &step);
        planner->replaces = true;
}

static void plan_install(Planner *planner) {
        const char *newest = description_text(planner->description, "patch.newest.version");
        const char *on_disk = description_text(planner->description, "patch.on_disk");
        bool behind = strcmp(planner->patch_state, "missing") == 0 ||
                      strcmp(planner->patch_state, "outdated") == 0 ||
                      strcmp(planner->action, "apply-live-patch") == 0;
        PlanStep step = { .when = PLAN_WHEN_NOW, .date = UTC_DAY_NONE };

        if (!newest || (on_disk ? package_evr_compare(on_disk, newest) >= 0 : !behind))
                return;

        step.what = memory_pool_format(planner->pool, "Install live patch %s; no reboot is needed.",
                                       newest);
        step.gain = closes(planner, "exposure.verdicts.live-patch-available");
        add_command(planner, &step, REMEDY_INSTALL_PATCH, NULL);
        add_step(planner, &step);
        planner->replaces = true;
}

static void plan_loader(Planner *planner) {
        const Description *loaded = patch_chain_loaded_known(planner->description);
        bool has_file = loaded && patch_chain_has_file(planner->description, loaded);
        PlanStep step = {
                .what = "Make the live patch come back after a reboot.",
                .when = PLAN_WHEN_NOW,
                .date = UTC_DAY_NONE,
                .gain = "Without it the next boot runs unpatched.",
        };

        /* Another kernel that boots next is planned by itself; and a live patch that takes this one's place has its file. */
        if (!loaded || description_answer(loaded, "survives_reboot") != ANSWER_NO ||
            description_text(loaded, "survives_reboot_kernel") || (planner->replaces && !has_file))
                return;

        add_command(planner, &step, has_file ? REMEDY_ENABLE_AT_BOOT : REMEDY_INSTALL_PATCH, NULL);
        add_step(planner, &step);
}

static void add_install_kernel(Planner *planner, PlanStep *step, const char *kernel) {
        if (!remedy_kernel_is_installed(planner->description, planner->pool, kernel))
                add_command(planner, step, REMEDY_INSTALL_KERNEL, kernel);
}

/* Before any reboot is due: a reboot that nobody planned must not end coverage. */
static void plan_default_kernel(Planner *planner) {
        bool covered = strcmp(planner->coverage, "covered") == 0 ||
                       strcmp(planner->coverage, "ending") == 0;
        bool choose = strcmp(planner->action, "choose-eligible-kernel") == 0;
        const char *advised =
                        choose ? description_text(planner->description, "advice.kernel") : NULL;
        const char *kernel = advised   ? advised
                             : covered ? description_text(planner->description, "host.kernel")
                                       : NULL;
        const char *picked = wording_kernel(
                        planner->pool, description_text(planner->description, "next_boot.kernel"));
        PlanStep step = { .when = PLAN_WHEN_NOW, .date = UTC_DAY_NONE };

        if (description_answer(planner->description, "next_boot.leaves_stream") != ANSWER_YES ||
            !kernel)
                return;

        planner->new_default = wording_kernel(planner->pool, kernel);
        step.what = memory_pool_format(planner->pool,
                                       "Make %s the default of the boot loader, in place of %s.",
                                       planner->new_default, picked ? picked : "what it picks now");
        step.gain = "The next boot stays in the live-patch stream.";
        add_install_kernel(planner, &step, kernel);
        add_command(planner, &step, REMEDY_SET_DEFAULT, kernel);
        add_step(planner, &step);
}

static const char *reboot_gain(const Planner *planner) {
        const char *gain = reboot_target_gain(&planner->target, planner->pool);

        return gain ? memory_pool_format(planner->pool, "%c%s.", gain[0] - 'a' + 'A', gain + 1)
                    : NULL;
}

static void add_reboot_commands(Planner *planner, PlanStep *step) {
        const RebootTarget *target = &planner->target;
        const char *picked = planner->new_default
                                             ? planner->new_default
                                             : wording_kernel(planner->pool,
                                                              description_text(planner->description,
                                                                               "next_boot.kernel"));

        if (!target->installed)
                add_command(planner, step, REMEDY_INSTALL_KERNEL, target->kernel);
        if (!text_equal(picked, target->kernel))
                add_command(planner, step, REMEDY_SET_DEFAULT, target->kernel);
        add_command(planner, step, REMEDY_REBOOT, NULL);
}

static void plan_reboot(Planner *planner) {
        const RebootTarget *target = &planner->target;
        PlanStep step = { .date = target->now ? UTC_DAY_NONE : target->by };

        if (!target->now && target->by == UTC_DAY_NONE)
                return;

        step.when = step.date == UTC_DAY_NONE ? PLAN_WHEN_NOW : PLAN_WHEN_BY;
        if (target->kernel) {
                step.what = memory_pool_format(planner->pool,
                                               target->older ? "The way back: reboot into %s, "
                                                               "which is older; no newer "
                                                               "one is known yet."
                                                             : "Reboot into %s.",
                                               target->kernel);
                step.gain = reboot_gain(planner);
                add_reboot_commands(planner, &step);
        } else {
                step.what = target->wait_for == UTC_DAY_NONE
                                            ? "Reboot into a kernel that gets live patches; none "
                                              "is known yet, wait for the "
                                              "next minor release."
                                            : memory_pool_format(planner->pool,
                                                                 "Reboot into a kernel that gets "
                                                                 "live patches; none is known "
                                                                 "yet, the vendor selects one "
                                                                 "about %s.",
                                                                 wording_day(planner->pool,
                                                                             target->wait_for));
                text_list_add(&step.commands, planner->pool, "klpctl kernels");
        }
        add_step(planner, &step);
}

/* What the daemon says in its own words: there is nothing to add but the command. */
static void plan_advice(Planner *planner) {
        static const char *const actions[] = { "confirm-eligibility", "review-foreign-patch",
                                               "refresh-feeds" };
        const char *text = description_text(planner->description, "advice.text");
        const char *command = remedy_for_advice(planner->description, planner->pool);

        for (size_t i = 0; i < ELEMENTS(actions); i++)
                if (text && command && strcmp(actions[i], planner->action) == 0) {
                        PlanStep step = { .what = text,
                                          .when = PLAN_WHEN_NOW,
                                          .date = UTC_DAY_NONE };

                        text_list_add(&step.commands, planner->pool, command);
                        add_step(planner, &step);
                }
}

static void plan_selection(Planner *planner) {
        PlanStep step = {
                .what = "The vendor is to select its next base kernel: look again.",
                .when = PLAN_WHEN_ABOUT,
                .date = description_day(planner->description, "coverage.next_selection"),
        };

        if (step.date == UTC_DAY_NONE)
                return;
        text_list_add(&step.commands, planner->pool, "klpctl kernels");
        add_step(planner, &step);
}

/* By date, what is due now first; steps of one day keep their order. */
static void sort_steps(PlanSteps *steps) {
        for (size_t i = 1; i < steps->n_items; i++)
                for (size_t j = i; j > 0 && steps->items[j].date < steps->items[j - 1].date; j--) {
                        PlanStep step = steps->items[j];

                        steps->items[j] = steps->items[j - 1];
                        steps->items[j - 1] = step;
                }
}

static const char *word_at(const Description *description, const char *path) {
        const char *word = description_text(description, path);

        return word ? word : "";
}

PlanSteps plan_steps(const Description *description, MemoryPool *pool) {
        Planner planner = {
                .description = description,
                .pool = pool,
                .action = word_at(description, "advice.action"),
                .patch_state = word_at(description, "patch.state"),
                .coverage = word_at(description, "coverage.state"),
                .target = reboot_target_read(description, pool),
        };

        if (description_answer(description, "host.live_patching") == ANSWER_NO ||
            strcmp(planner.coverage, "not-applicable") == 0)
                return planner.steps;

        plan_advice(&planner);
        plan_transition(&planner);
        plan_load(&planner);
        plan_install(&planner);
        plan_loader(&planner);
        plan_default_kernel(&planner);
        plan_reboot(&planner);
        plan_selection(&planner);
        sort_steps(&planner.steps);
        return planner.steps;
}
