/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "base/text.h"
#include "format/digest-union.h"
#include "unit-test.h"

#define MAIN (1u << CHANNEL_MAIN)
#define EUS (1u << CHANNEL_EUS)

typedef struct Setting {
        Facts *facts, *united;
        TextList notes;
} Setting;

static Setting begin(void) {
        static const char *const names[] = { "one", "two", "three" };
        Setting setting = {};

        ck_assert_int_eq(facts_new(&setting.facts), 0);
        ck_assert_int_eq(facts_new(&setting.united), 0);
        for (size_t i = 0; i < ELEMENTS(names); i++)
                *memory_pool_append(setting.facts->pool, setting.facts->sources,
                                    setting.facts->n_sources) =
                                (FactSource){ .name = names[i], .vendor = "redhat" };
        return setting;
}

static int unite(Setting *setting) {
        return digest_union(setting->facts, setting->united, &setting->notes, setting->facts->pool);
}

static void end(Setting *setting) {
        facts_free(setting->united);
        facts_free(setting->facts);
}

static KernelFact *add_kernel(Setting *setting, size_t source, ChannelSet channels) {
        Facts *facts = setting->facts;
        KernelFact *kernel = memory_pool_append(facts->pool, facts->kernels, facts->n_kernels);

        *kernel = (KernelFact){ .release = "5.14.0-1.el9_4",
                                .stream = "rhel-9.4",
                                .channels = channels,
                                .released = UTC_TIME_NONE,
                                .advisory = "RHSA-1",
                                .source = source };
        return kernel;
}

static PatchFact *add_patch(Setting *setting, size_t source, const char *base) {
        Facts *facts = setting->facts;
        PatchFact *patch = memory_pool_append(facts->pool, facts->patches, facts->n_patches);

        *patch = (PatchFact){ .package = "kpatch-patch-1",
                              .version = "1-2",
                              .base = base,
                              .released = UTC_TIME_NONE,
                              .source = source };
        return patch;
}

START_TEST(nothing_that_a_source_states_is_lost) {
        CveFact first[] = { { "CVE-2024-1111", SEVERITY_UNKNOWN },
                            { "CVE-2024-3333", SEVERITY_LOW } },
                second[] = { { "CVE-2024-1111", SEVERITY_LOW },
                             { "CVE-2024-2222", SEVERITY_CRITICAL },
                             { "CVE-2024-3333", SEVERITY_UNKNOWN } };
        Setting setting = begin();
        const KernelFact *kernel;
        KernelFact *one, *two;

        one = add_kernel(&setting, 0, MAIN);
        one->cves = first;
        one->n_cves = ELEMENTS(first);
        one->severity = SEVERITY_IMPORTANT;
        one->released = 20 * USEC_PER_DAY;
        text_list_add(&one->arch, setting.facts->pool, "x86_64");
        text_list_add(&one->arch, setting.facts->pool, "ppc64le");
        two = add_kernel(&setting, 1, MAIN);
        two->cves = second;
        two->n_cves = ELEMENTS(second);
        two->released = 10 * USEC_PER_DAY;
        text_list_add(&two->arch, setting.facts->pool, "ppc64le");
        text_list_add(&two->arch, setting.facts->pool, "x86_64");
        add_kernel(&setting, 2, MAIN)->arch = two->arch;

        ck_assert_int_eq(unite(&setting), 0);
        ck_assert_uint_eq(setting.united->n_kernels, 1);
        kernel = &setting.united->kernels[0];
        ck_assert_int_eq(kernel->severity, SEVERITY_IMPORTANT);
        ck_assert_int_eq(kernel->released, 10 * USEC_PER_DAY);
        ck_assert_uint_eq(kernel->arch.n_items, 2);
        ck_assert_uint_eq(kernel->n_cves, 3);
        ck_assert_int_eq(cve_facts_find(kernel->cves, 3, "CVE-2024-1111")->severity, SEVERITY_LOW);
        ck_assert_int_eq(cve_facts_find(kernel->cves, 3, "CVE-2024-2222")->severity,
                         SEVERITY_CRITICAL);
        ck_assert_int_eq(cve_facts_find(kernel->cves, 3, "CVE-2024-3333")->severity, SEVERITY_LOW);
        ck_assert_uint_eq(setting.notes.n_items, 0);
        end(&setting);
}
END_TEST

START_TEST(what_one_architecture_got_no_other_did) {
        CveFact fix[] = { { "CVE-2024-1111", SEVERITY_LOW } };
        KernelFact *kernel;
        Setting setting = begin();

        text_list_add(&add_kernel(&setting, 0, MAIN)->arch, setting.facts->pool, "x86_64");
        add_kernel(&setting, 1, MAIN);
        kernel = add_kernel(&setting, 2, MAIN);
        text_list_add(&kernel->arch, setting.facts->pool, "s390x");
        kernel->cves = fix;
        kernel->n_cves = ELEMENTS(fix);
        text_list_add(&add_kernel(&setting, 2, MAIN)->arch, setting.facts->pool, "x86_64");
        ck_assert_int_eq(unite(&setting), 0);
        ck_assert_uint_eq(setting.united->n_kernels, 3);
        for (size_t i = 0; i < 3; i++) {
                kernel = &setting.united->kernels[i];
                ck_assert_uint_eq(kernel->n_cves, text_list_has(&kernel->arch, "s390x") ? 1 : 0);
        }
        end(&setting);
}
END_TEST

START_TEST(each_channel_and_each_base_is_a_thing_of_its_own) {
        Setting setting = begin();

        add_kernel(&setting, 0, MAIN);
        add_kernel(&setting, 1, EUS);
        add_kernel(&setting, 2, MAIN | EUS);
        add_kernel(&setting, 2, 0);
        add_kernel(&setting, 2, EUS);
        add_patch(&setting, 0, NULL);
        add_patch(&setting, 0, "4.18.0-193.el8");
        add_patch(&setting, 1, "4.18.0-193.el8_2");
        add_patch(&setting, 2, NULL);
        ck_assert_int_eq(unite(&setting), 0);
        ck_assert_uint_eq(setting.united->n_kernels, 4);
        ck_assert_uint_eq(setting.united->n_patches, 3);
        end(&setting);
}
END_TEST

/* They stay marked: what tells them may be withdrawn by a later word. Assessments go by the mark. */
START_TEST(shared_cves_stay_marked_beside_a_patchs_own) {
        CveFact both[] = { { "CVE-2024-1111", SEVERITY_LOW }, { "CVE-2024-2222", SEVERITY_LOW } };
        static const char *const advisories[] = { "RHSA-1", "RHSA-1", "RHSA-2", NULL };

        for (size_t i = 0; i < ELEMENTS(advisories); i++) {
                Setting setting = begin();
                PatchFact *shared = add_patch(&setting, 0, "4.18.0-193.el8"), *own = NULL;
                size_t n_cves = 0;

                shared->advisory = "RHSA-1";
                shared->channels = MAIN;
                shared->cves = both;
                shared->n_cves = 2;
                shared->cves_shared = true;
                own = add_patch(&setting, 1, NULL);
                own->advisory = advisories[i];
                own->cves = both;
                own->n_cves = 1;

                ck_assert_int_eq(unite(&setting), 0);
                ck_assert_uint_eq(setting.united->n_patches, 2);
                for (size_t j = 0; j < 2; j++) {
                        const PatchFact *patch = &setting.united->patches[j];

                        ck_assert(patch->cves_shared == !!patch->base);
                        n_cves += patch->n_cves;
                }
                ck_assert_uint_eq(n_cves, 3);
                end(&setting);
        }
}
END_TEST

START_TEST(of_one_thing_a_patchs_own_cves_count_and_no_shared_ones) {
        CveFact both[] = { { "CVE-2024-1111", SEVERITY_LOW }, { "CVE-2024-2222", SEVERITY_LOW } };

        for (size_t shared = 0; shared < 3; shared++) {
                Setting setting = begin();

                for (size_t i = 0; i < 2; i++) {
                        PatchFact *patch = add_patch(&setting, i, NULL);

                        patch->cves_shared = i == shared || shared == 2;
                        patch->cves = both;
                        patch->n_cves = patch->cves_shared ? 2 : 1;
                }
                ck_assert_int_eq(unite(&setting), 0);
                ck_assert_uint_eq(setting.united->n_patches, 1);
                ck_assert_uint_eq(setting.united->patches[0].n_cves, shared == 2 ? 2 : 1);
                ck_assert(setting.united->patches[0].cves_shared == (shared == 2));
                end(&setting);
        }
}
END_TEST

START_TEST(a_later_revision_takes_back_what_it_does_not_repeat) {
        CveFact fixes[] = { { "CVE-2024-1111", SEVERITY_LOW }, { "CVE-2024-2222", SEVERITY_LOW } };
        Setting setting = begin();
        KernelFact *kernel;

        for (size_t i = 0; i < 3; i++) {
                kernel = add_kernel(&setting, i, i == 1 ? EUS : MAIN);
                kernel->cves = fixes;
                kernel->n_cves = i == 0 ? 2 : 1;
                kernel->word.revised = (UtcTime[]){ 10, 20, 20 }[i];
        }
        ck_assert_int_eq(unite(&setting), 0);
        /* Both of the later time stay, and nothing of the earlier. */
        ck_assert_uint_eq(setting.united->n_kernels, 2);
        for (size_t i = 0; i < 2; i++) {
                ck_assert_uint_eq(setting.united->kernels[i].n_cves, 1);
                ck_assert_int_eq(setting.united->kernels[i].word.revised, 20);
        }
        /* What was handed over is as it was. */
        ck_assert_uint_eq(setting.facts->n_kernels, 3);
        ck_assert_uint_eq(setting.facts->sources[0].n_superseded, 0);
        end(&setting);
}
END_TEST

START_TEST(different_ratings_are_told) {
        Setting setting = begin();

        add_kernel(&setting, 0, MAIN)->severity = SEVERITY_LOW;
        add_kernel(&setting, 1, MAIN);
        add_kernel(&setting, 2, MAIN)->severity = SEVERITY_CRITICAL;
        add_patch(&setting, 0, NULL)->severity = SEVERITY_MODERATE;
        add_patch(&setting, 1, NULL)->severity = SEVERITY_MODERATE;
        ck_assert_int_eq(unite(&setting), 0);
        ck_assert_int_eq(setting.united->kernels[0].severity, SEVERITY_CRITICAL);
        ck_assert_uint_eq(setting.notes.n_items, 1);
        ck_assert_str_eq(setting.notes.items[0],
                         "one and three rate kernel 5.14.0-1.el9_4, rhel-9.4, RHSA-1 differently; "
                         "the higher counts: critical");
        end(&setting);
}
END_TEST

START_TEST(of_a_vendors_dates_the_latest_counts) {
        Setting setting = begin();
        static const UtcDay ends[] = { 100, 300, 200 };

        for (size_t i = 0; i < ELEMENTS(ends); i++)
                *memory_pool_append(setting.facts->pool, setting.facts->windows,
                                    setting.facts->n_windows) =
                                (WindowFact){ "6.4.0-1", NULL, ends[i], "list", i };
        ck_assert_int_eq(unite(&setting), 0);
        ck_assert_uint_eq(setting.united->n_windows, 1);
        ck_assert_int_eq(setting.united->windows[0].end, 300);
        ck_assert_uint_eq(setting.notes.n_items, 2);
        ck_assert_str_eq(setting.notes.items[0],
                         "one and two have different ends of window 6.4.0-1, list; the later "
                         "counts: 1970-10-28");
        end(&setting);
}
END_TEST

static void add_repository(Setting *setting, size_t source, UtcTime complete_at, Channel channel,
                           const char *kernel) {
        Facts *facts = setting->facts;
        RepositoryFact *fact =
                        memory_pool_append(facts->pool, facts->repositories, facts->n_repositories);

        *fact = (RepositoryFact){ .repository = "r",
                                  .stream = "rhel-9.4",
                                  .channel = channel,
                                  .complete_at = complete_at,
                                  .source = source };
        text_list_add(&fact->kernels, facts->pool, kernel);
}

START_TEST(a_later_look_at_a_repository_replaces_the_earlier) {
        static const struct {
                const char *what;
                struct {
                        UtcTime complete_at;
                        const char *kernel;
                } looks[3];
                const char *kernel; /* NULL: a contradiction */
        } cases[] = {
                { "the latest last", { { 1, "a" }, { 2, "b" }, { 3, "c" } }, "c" },
                { "the latest first", { { 3, "c" }, { 2, "b" }, { 1, "a" } }, "c" },
                { "twice the same", { { 2, "b" }, { 1, "a" }, { 2, "b" } }, "b" },
                { "one without a time", { { UTC_TIME_NONE, "b" }, { 1, "a" }, { 1, "a" } }, "a" },
                { "two at one moment", { { 2, "b" }, { 1, "a" }, { 2, "c" } }, NULL },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                Setting setting = begin();
                int r;

                for (size_t j = 0; j < ELEMENTS(cases[i].looks); j++)
                        add_repository(&setting, j, cases[i].looks[j].complete_at, CHANNEL_EUS,
                                       cases[i].looks[j].kernel);
                add_repository(&setting, 0, 9, CHANNEL_MAIN, "another channel's");
                r = unite(&setting);
                ck_assert_msg(r == (cases[i].kernel ? 0 : DIGEST_UNION_E_CONTRADICTION),
                              "%s gave %d", cases[i].what, r);
                if (cases[i].kernel) {
                        ck_assert_uint_eq(setting.united->n_repositories, 2);
                        ck_assert_msg(text_list_has(&setting.united->repositories[1].kernels,
                                                    cases[i].kernel),
                                      "%s has %s", cases[i].what,
                                      setting.united->repositories[1].kernels.items[0]);
                        ck_assert_uint_eq(setting.notes.n_items, 0);
                } else {
                        ck_assert_uint_eq(setting.notes.n_items, 1);
                        ck_assert_msg(strstr(setting.notes.items[0],
                                             "one and three contradict each other about "
                                             "repository r"),
                                      "%s", setting.notes.items[0]);
                }
                end(&setting);
        }
}
END_TEST

UNIT_TEST(a_later_revision_takes_back_what_it_does_not_repeat,
          of_one_thing_a_patchs_own_cves_count_and_no_shared_ones,
          nothing_that_a_source_states_is_lost, shared_cves_stay_marked_beside_a_patchs_own,
          what_one_architecture_got_no_other_did, each_channel_and_each_base_is_a_thing_of_its_own,
          different_ratings_are_told, of_a_vendors_dates_the_latest_counts,
          a_later_look_at_a_repository_replaces_the_earlier)
