/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/patch-state.h"
#include "assess-world.h"
#include "unit-test.h"

static World *world_with_package(void) {
        World *world = world_new();

        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        world_install(world, WORLD_PACKAGE, "0-0.el9_4");
        return world;
}

static void check(World *world, PatchState state) {
        const PatchReport *report = &world_assess(world, "2024-09-15T12:00:00Z")->patch;

        ck_assert_msg(report->state == state, "%s instead of %s",
                      patch_state_to_text(report->state), patch_state_to_text(state));
}

START_TEST(the_first_state_that_applies_counts) {
        World *world = world_with_package();

        check(world, PATCH_NONE_NEEDED);
        world_patch(world, WORLD_PACKAGE, "0-1", WORLD_KERNEL, "rhel-9.4", "main", "2024-05-02",
                    NULL);
        check(world, PATCH_NONE_NEEDED); /* an empty rebuild */
        world_patch(world, WORLD_PACKAGE, "1-9", WORLD_KERNEL, "rhel-9.4", "main", "2024-06-01",
                    NULL);
        check(world, PATCH_MISSING);
        world_load(world, "klp_third_party", TRISTATE_YES, TRISTATE_NO);
        check(world, PATCH_FOREIGN);
        world_load(world, WORLD_MODULE "9", TRISTATE_NO, TRISTATE_NO);
        check(world, PATCH_DISABLED);
        world->host->patches[1].listed = false;
        world->host->patches[1].enabled = world->host->patches[1].transition = TRISTATE_NO;
        check(world, PATCH_DISABLED);
        world->host->patches[1].listed = true;
        world->host->patches[1].enabled = TRISTATE_YES;
        check(world, PATCH_APPLIED);
        world_patch(world, WORLD_PACKAGE, "1-10", WORLD_KERNEL, "rhel-9.4", "main", "2024-07-01",
                    NULL);
        check(world, PATCH_OUTDATED);
        world->host->patches[1].transition = TRISTATE_YES;
        check(world, PATCH_TRANSITIONING);
        world->host->patches[1].since = world_time("2024-09-15T11:58:46Z");
        check(world, PATCH_TRANSITIONING); /* 74 s */
        world->host->patches[1].since = world_time("2024-09-15T11:58:45Z");
        check(world, PATCH_STALLED);
        world->host->kernel = WORLD_KERNEL ".x86_64+rt";
        check(world, PATCH_NOT_APPLICABLE);
        world_free(world);
}
END_TEST

START_TEST(patches_stacked_on_each_other_count_by_the_highest) {
        World *world = world_with_package();

        world_patch(world, WORLD_PACKAGE, "1-10", WORLD_KERNEL, "rhel-9.4", "main", "2024-07-01",
                    NULL);
        world_load(world, WORLD_MODULE "9", TRISTATE_YES, TRISTATE_NO);
        world_load(world, WORLD_MODULE "10", TRISTATE_YES, TRISTATE_NO);
        check(world, PATCH_APPLIED);
        ck_assert_str_eq(world->assessment->patch.active, "1-10");
        world_free(world);
}
END_TEST

START_TEST(what_is_installed_here_is_released) {
        World *world = world_with_package();

        world_load(world, WORLD_MODULE "1", TRISTATE_YES, TRISTATE_NO);
        check(world, PATCH_APPLIED);
        world_install(world, WORLD_PACKAGE, "1-2.el9_4");
        check(world, PATCH_OUTDATED);
        ck_assert_ptr_null(world->assessment->patch.newest);
        ck_assert_str_eq(world->assessment->patch.newest_version, "1-2");
        world_file(world, WORLD_MODULE "3");
        check(world, PATCH_OUTDATED);
        ck_assert_str_eq(world->assessment->patch.newest_version, "1-3");
        ck_assert_str_eq(world->assessment->patch.on_disk, "1-3");

        /* Where the files cannot be read, the package stands for them. */
        world->host->n_modules = 0;
        world->host->modules_unknown = "no permission";
        check(world, PATCH_OUTDATED);
        ck_assert_str_eq(world->assessment->patch.on_disk, "1-2");
        world_free(world);
}
END_TEST

START_TEST(files_of_other_kernels_do_not_count) {
        World *world = world_with_package();

        world_file(world, WORLD_MODULE "3");
        world->host->modules[0].vermagic = "5.14.0-427.37.1.el9_4.x86_64";
        check(world, PATCH_NONE_NEEDED);
        world->host->modules[0].vermagic = NULL;
        world->host->modules[0].livepatch = false;
        check(world, PATCH_NONE_NEEDED);
        world->host->modules[0].livepatch = true;
        world->host->modules[0].kernel = "5.14.0-427.37.1.el9_4.x86_64";
        check(world, PATCH_NONE_NEEDED);
        world->host->modules[0].kernel = world->host->kernel;
        world->host->modules[0].name = "kpatch_other";
        check(world, PATCH_NONE_NEEDED);
        world->host->modules[0].name = WORLD_MODULE "3";
        check(world, PATCH_MISSING);
        world_free(world);
}
END_TEST

START_TEST(what_cannot_be_read_is_unknown) {
        World *world = world_with_package();

        world->host->livepatch_unknown = "sysfs is hidden";
        check(world, PATCH_UNKNOWN);
        ck_assert(world_says(&world->assessment->patch.because, "sysfs is hidden"));
        world->host->livepatch_unknown = NULL;
        world_load(world, WORLD_MODULE "1", TRISTATE_UNKNOWN, TRISTATE_NO);
        check(world, PATCH_UNKNOWN);
        ck_assert(world_says(&world->assessment->patch.because, "could not be read"));
        world_free(world);
}
END_TEST

START_TEST(eligibility_decides_where_nothing_is_loaded) {
        World *world = world_with_package();

        world->host->n_packages = 0;
        check(world, PATCH_UNKNOWN); /* possible */
        ck_assert(world_says(&world->assessment->patch.because, "not known whether"));
        world_kernel(world, "5.14.0-427.16.1.el9_4", "rhel-9.4", "main", "2024-05-01",
                     SEVERITY_IMPORTANT, NULL);
        world_kernel(world, "5.14.0-427.18.1.el9_4", "rhel-9.4", "main", "2024-05-08",
                     SEVERITY_IMPORTANT, NULL);
        world_set_kernel(world, "5.14.0-427.16.1.el9_4");
        check(world, PATCH_NOT_APPLICABLE); /* no */
        world_free(world);
}
END_TEST

/* An EUS host of whose cache only the main repository could be read: newer patches may be in the other. */
START_TEST(a_cache_only_tells_of_the_channels_that_were_read) {
        World *world = world_with_package();
        RepositoryFact *repository;

        world->facts->sources[0].kind = FEED_KIND_CACHE;
        world->facts->sources[0].complete_to = world_time("2024-09-15T06:00:00Z");
        world_channel(world, "eus");
        repository = memory_pool_append(world->facts->pool, world->facts->repositories,
                                        world->facts->n_repositories);
        *repository = (RepositoryFact){ .repository = "rhel-9-for-x86_64-baseos-rpms",
                                        .stream = "rhel-9.4",
                                        .channel = CHANNEL_MAIN,
                                        .complete_at = world_time("2024-09-15T06:00:00Z") };
        check(world, PATCH_UNKNOWN);
        ck_assert(world_says(&world->assessment->patch.because, "no repository of channel eus"));
        world_patch(world, WORLD_PACKAGE, "1-2", WORLD_KERNEL, "rhel-9.4", "main", "2024-06-01",
                    NULL);
        check(world, PATCH_MISSING); /* what is known is known */
        world_load(world, WORLD_MODULE "2", TRISTATE_YES, TRISTATE_NO);
        check(world, PATCH_UNKNOWN);
        repository->channel = CHANNEL_EUS;
        check(world, PATCH_APPLIED);
        world_free(world);
}
END_TEST

START_TEST(old_facts_no_longer_say_that_nothing_newer_exists) {
        World *world = world_with_package();

        world->facts->sources[0].complete_to = world_time("2024-05-01");
        check(world, PATCH_UNKNOWN);
        ck_assert(world_says(&world->assessment->patch.because, "no patch was released"));
        world_load(world, WORLD_MODULE "1", TRISTATE_YES, TRISTATE_NO);
        check(world, PATCH_UNKNOWN);
        ck_assert(world_says(&world->assessment->patch.because, "that it is the newest"));
        world_patch(world, WORLD_PACKAGE, "1-2", WORLD_KERNEL, "rhel-9.4", "main", "2024-05-01",
                    NULL);
        check(world, PATCH_OUTDATED); /* that stays true */
        world_free(world);
}
END_TEST

#define SURVIVES(world, expected, part)                                                           \
        do {                                                                                      \
                const JudgedPatch *judged = &world_assess(world, "2024-09-15")->patch.patches[0]; \
                                                                                                  \
                ck_assert_msg(judged->survives_reboot == (expected) &&                            \
                                              strstr(judged->survives_because, part),             \
                              "%d, %s", judged->survives_reboot, judged->survives_because);       \
        } while (false)

START_TEST(coming_back_after_a_reboot_needs_the_whole_chain) {
        World *world = world_with_package();

        world_load(world, WORLD_MODULE "1", TRISTATE_YES, TRISTATE_NO);
        world_file(world, WORLD_MODULE "1");
        world_boots(world, WORLD_KERNEL);
        SURVIVES(world, TRISTATE_YES, "its module file is on disk, and kpatch.service is enabled");
        world->host->modules_unknown = "no permission";
        world->host->n_modules = 0;
        SURVIVES(world, TRISTATE_UNKNOWN, "no permission");
        world->host->modules_unknown = NULL;
        SURVIVES(world, TRISTATE_NO, "no module file of version 1-1");
        world_file(world, WORLD_MODULE "1");
        world->host->modules[0].livepatch = false;
        world->host->modules[0].unreadable = "no permission";
        SURVIVES(world, TRISTATE_UNKNOWN, "a module file on disk for this kernel cannot be read");
        world->host->modules[0].livepatch = true;
        world->host->modules[0].unreadable = NULL;
        /* Another version's that can be read says nothing about it. */
        world_file(world, WORLD_MODULE "2");
        world->host->modules[0].livepatch = false;
        world->host->modules[0].unreadable = "no permission";
        SURVIVES(world, TRISTATE_UNKNOWN, "a module file on disk for this kernel cannot be read");
        world->host->n_modules = 1;
        world->host->modules[0].livepatch = true;
        world->host->modules[0].unreadable = NULL;
        /* Nothing is loaded from where the package keeps it, nor what is compressed. */
        world->host->modules[0].path = "/usr/lib/kpatch/" WORLD_KERNEL "/kpatch.ko";
        SURVIVES(world, TRISTATE_NO, "only in /usr/lib/kpatch");
        world->host->modules[0].path = "/var/lib/kpatch/" WORLD_KERNEL "/kpatch.ko.xz";
        SURVIVES(world, TRISTATE_NO, "only in /usr/lib/kpatch");
        world->host->modules[0].path = "/var/lib/kpatch/" WORLD_KERNEL "/kpatch.ko";
        world->host->loader_unknown = "systemd is not there";
        SURVIVES(world, TRISTATE_UNKNOWN, "systemd is not there");
        world->host->n_modules = 0;
        SURVIVES(world, TRISTATE_NO,
                 "no module file of version 1-1"); /* whatever the service does */
        world->host->n_modules = 1;
        world->host->loader_unknown = NULL;
        world->host->loader_state = "masked";
        SURVIVES(world, TRISTATE_NO, "kpatch.service is masked");
        world->host->loader_state = world->host->loader_service = NULL;
        SURVIVES(world, TRISTATE_NO, "kpatch.service is not installed");
        text_list_add(&world->host->cmdline, world->host->pool, "kpatch.enable=0");
        SURVIVES(world, TRISTATE_NO, "kpatch.enable=0 is on the kernel command line");
        /* The next boot's own options count more than the running kernel's. */
        text_list_add(&world->host->default_options, world->host->pool, "quiet");
        world->host->loader_service = "kpatch.service";
        world->host->loader_state = "enabled";
        SURVIVES(world, TRISTATE_YES, "kpatch.service is enabled");
        world_free(world);
}
END_TEST

#define OBSTACLE(world, word)                                                                     \
        do {                                                                                      \
                const JudgedPatch *judged = &world_assess(world, "2024-09-15")->patch.patches[0]; \
                                                                                                  \
                ck_assert_msg(text_equal(survival_obstacle_to_text(judged->obstacle), word),      \
                              "not %s: %d, %s", (word) ? (word) : "none", judged->obstacle,       \
                              judged->survives_because);                                          \
        } while (false)

START_TEST(what_says_no_has_a_word) {
        World *world = world_with_package();

        world_load(world, WORLD_MODULE "1", TRISTATE_YES, TRISTATE_NO);
        world_file(world, WORLD_MODULE "1");
        world_boots(world, WORLD_KERNEL);
        OBSTACLE(world, NULL);
        world->host->modules[0].path = "/usr/lib/kpatch/" WORLD_KERNEL "/kpatch.ko";
        OBSTACLE(world, "file");
        world->host->n_modules = 0;
        OBSTACLE(world, "file");
        world->host->loader_unknown = "systemd is not there";
        OBSTACLE(world, "file");
        world->host->loader_unknown = NULL;
        world->host->loader_state = "disabled";
        OBSTACLE(world, "service");
        text_list_add(&world->host->cmdline, world->host->pool, "kpatch.enable=0");
        OBSTACLE(world, "option");
        world->host->cmdline.n_items = 0;
        world->host->loader_state = "enabled";
        /* Nothing on this kernel keeps another one from having a file. */
        world_boots(world, "5.14.0-503.11.1.el9_5");
        OBSTACLE(world, NULL);
        world->host->loader_state = "disabled";
        OBSTACLE(world, "service");
        world->host->loader_state = "enabled";
        world_boots(world, WORLD_KERNEL);
        world->host->modules_unknown = "no permission";
        OBSTACLE(world, NULL);
        world_free(world);
}
END_TEST

START_TEST(the_file_of_a_module_is_the_one_that_boot_loads) {
#define PACKAGED "/usr/lib/kpatch/" WORLD_KERNEL "/kpatch.ko"
#define FOR_BOOT "/var/lib/kpatch/" WORLD_KERNEL "/kpatch.ko"
        static const struct {
                const char *paths[3], *path;
        } cases[] = {
                { { PACKAGED, FOR_BOOT }, FOR_BOOT },
                { { FOR_BOOT, PACKAGED }, FOR_BOOT },
                { { PACKAGED, FOR_BOOT ".xz", FOR_BOOT }, FOR_BOOT },
                { { PACKAGED, FOR_BOOT ".xz" }, PACKAGED },
                { { PACKAGED }, PACKAGED },
                { {}, NULL },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_with_package();
                const char *path;

                world_load(world, WORLD_MODULE "1", TRISTATE_YES, TRISTATE_NO);
                for (size_t j = 0; j < ELEMENTS(cases[i].paths) && cases[i].paths[j]; j++) {
                        world_file(world, WORLD_MODULE "1");
                        world->host->modules[j].path = cases[i].paths[j];
                }
                path = world_assess(world, "2024-09-15")->patch.patches[0].module_path;
                ck_assert_msg(text_equal(path, cases[i].path), "row %zu: %s", i,
                              path ? path : "none");
                world_free(world);
        }
}
END_TEST

START_TEST(a_loader_that_did_not_run_in_this_boot_is_no_yes) {
        World *world = world_with_package();

        world_load(world, WORLD_MODULE "1", TRISTATE_YES, TRISTATE_NO);
        world_file(world, WORLD_MODULE "1");
        world_boots(world, WORLD_KERNEL);
        /* As the command line says why it was skipped, and the next boot's does not, that is over. */
        text_list_add(&world->host->cmdline, world->host->pool, "kpatch.enable=0");
        text_list_add(&world->host->default_options, world->host->pool, "quiet");
        world->host->loader_result = "skipped";
        SURVIVES(world, TRISTATE_YES, "kpatch.service is enabled");
        world->host->cmdline.n_items = 0;
        SURVIVES(world, TRISTATE_UNKNOWN,
                 "kpatch.service is enabled, but was skipped by a condition in this boot");
        world->host->loader_result = "failed";
        SURVIVES(world, TRISTATE_UNKNOWN, "kpatch.service is enabled, but failed in this boot");
        world_free(world);
}
END_TEST

START_TEST(the_next_boots_kernel_needs_a_file_of_its_own) {
        static const char next[] = "5.14.0-503.11.1.el9_5.x86_64";
        World *world = world_with_package();
        ModuleFile *file;

        world_load(world, WORLD_MODULE "1", TRISTATE_YES, TRISTATE_NO);
        world_file(world, WORLD_MODULE "1");
        /* Which kernel boots is not known, but for the one where there is no other. */
        SURVIVES(world, TRISTATE_UNKNOWN, "the kernel of the next boot is not known: not recorded");
        world_has_installed(world, WORLD_KERNEL);
        SURVIVES(world, TRISTATE_YES, "its module file is on disk");
        world_has_installed(world, "5.14.0-503.11.1.el9_5");
        SURVIVES(world, TRISTATE_UNKNOWN, "the kernel of the next boot is not known");

        /* The running kernel's file is no answer for another one. */
        world_boots(world, "5.14.0-503.11.1.el9_5");
        SURVIVES(world, TRISTATE_NO,
                 "the next boot is of 5.14.0-503.11.1.el9_5.x86_64, which has no live patch on "
                 "disk");
        ck_assert(world->assessment->patch.patches[0].for_next_kernel);
        ck_assert_int_ne(world->assessment->advice.action, ADVICE_ENABLE_AT_BOOT);
        world->host->patches_follow = TRISTATE_NO;
        SURVIVES(world, TRISTATE_NO, "no live patch on disk, and dnf installs none by itself");
        world->host->patches_follow = TRISTATE_YES;
        SURVIVES(world, TRISTATE_UNKNOWN, "no live patch on disk yet; dnf installs one");
        world->host->patches_follow = TRISTATE_UNKNOWN;

        /* What nothing would load comes back on no kernel, and can be mended here. */
        world->host->loader_state = "disabled";
        SURVIVES(world, TRISTATE_NO, "kpatch.service is disabled");
        ck_assert(!world->assessment->patch.patches[0].for_next_kernel);
        world->host->loader_state = "enabled";

        world_file(world, "kpatch_5_14_0_503_11_1_1_1");
        file = &world->host->modules[1];
        file->kernel = next; /* its own kernel is the running one: nobody can load it there */
        SURVIVES(world, TRISTATE_NO, "no live patch on disk");
        file->vermagic = next;
        SURVIVES(world, TRISTATE_YES,
                 "which has a live patch of its own on disk, and kpatch.service is enabled");
        world->host->loader_unknown = "systemd is not there";
        SURVIVES(world, TRISTATE_UNKNOWN, "systemd is not there");
        world->host->loader_unknown = NULL;
        file->livepatch = false;
        SURVIVES(world, TRISTATE_NO, "no live patch on disk");
        file->unreadable = "no permission";
        SURVIVES(world, TRISTATE_UNKNOWN, "a module file on disk that cannot be read");

        /* Where the service fetches live patches, none is on disk, whatever kernel is booted. */
        world->calendar->patches_unlisted = true;
        SURVIVES(world, TRISTATE_UNKNOWN, "which this live patch is not for");
        world_boots(world, WORLD_KERNEL);
        SURVIVES(world, TRISTATE_YES, "the service fetches it, and kpatch.service is enabled");
        world_free(world);
}
END_TEST

UNIT_TEST(the_first_state_that_applies_counts, patches_stacked_on_each_other_count_by_the_highest,
          what_is_installed_here_is_released, files_of_other_kernels_do_not_count,
          what_cannot_be_read_is_unknown, eligibility_decides_where_nothing_is_loaded,
          a_cache_only_tells_of_the_channels_that_were_read,
          old_facts_no_longer_say_that_nothing_newer_exists,
          coming_back_after_a_reboot_needs_the_whole_chain, what_says_no_has_a_word,
          the_file_of_a_module_is_the_one_that_boot_loads,
          a_loader_that_did_not_run_in_this_boot_is_no_yes,
          the_next_boots_kernel_needs_a_file_of_its_own)
