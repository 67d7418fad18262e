/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "core/alert-state.h"
#include "unit-test.h"

#define HOUR USEC_PER_HOUR
#define DAY USEC_PER_DAY
#define START ((UtcTime) 20000 * USEC_PER_DAY)
#define KIND ALERT_EXPOSURE

typedef struct Story {
        MemoryPool *pool;
        AlertBook book;
        UtcTime now;
} Story;

static Story begin(void) {
        Story story = { .book = alert_book_empty(), .now = START };

        ck_assert_int_eq(memory_pool_new(&story.pool), 0);
        return story;
}

/* One step; `objects` are letters, one object each. Says what is to be told, and takes it back. */
static const char *step(Story *story, int64_t later, AlertLevel level, const char *objects) {
        AlertWants wants = { .told_end = UTC_DAY_NONE, .next = UTC_TIME_NONE };
        Alert *alert = &wants.alerts[KIND];
        const char *news;

        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                wants.alerts[kind].coverage_end = wants.alerts[kind].reminder = UTC_DAY_NONE;
        story->now += later;
        alert->level = level;
        alert->text = alert->action = "x";
        for (; *objects; objects++)
                text_list_add(&alert->objects, story->pool,
                              memory_pool_text_n(story->pool, objects, 1));
        story->book = alert_state_step(&story->book, &wants, story->now);
        news = alert_news_to_text(story->book.entries[KIND].news);
        story->book.entries[KIND].news = ALERT_NEWS_NONE;
        return news ? news : "";
}

static AlertLevel counts(const Story *story) {
        return alert_book_level(&story->book, story->now);
}

#define expect(story, later, level, objects, news) \
        ck_assert_str_eq(step(&(story), later, ALERT_LEVEL_##level, objects), news)

START_TEST(raised_worse_and_gone_are_told_once) {
        Story story = begin();

        expect(story, 0, OK, "", "");
        expect(story, 0, INFO, "k", "raised");
        for (int i = 0; i < 100; i++)
                expect(story, DAY, INFO, "k", "");
        expect(story, 1, WARNING, "k", "worsened");
        expect(story, 1, WARNING, "k", "");
        expect(story, 1, CRITICAL, "k", "worsened");
        ck_assert(story.book.entries[KIND].since == START);
        expect(story, 1, OK, "", "cleared");
        expect(story, 1, OK, "", "");
        ck_assert(counts(&story) == ALERT_LEVEL_OK);
        expect(story, 25 * HOUR, OK, "", "");
        ck_assert(!story.book.entries[KIND].used);
        expect(story, 1, INFO, "k", "raised");
        memory_pool_free(story.pool);
}
END_TEST

START_TEST(another_object_is_news_and_one_less_is_none) {
        Story story = begin();

        expect(story, 0, WARNING, "ab", "raised");
        expect(story, 1, WARNING, "a", "");
        expect(story, 1, WARNING, "ac", "worsened");
        ck_assert(alert_state_acknowledge(&story.book, KIND));
        expect(story, 1, WARNING, "c", "");
        ck_assert(counts(&story) == ALERT_LEVEL_OK);
        expect(story, 1, WARNING, "cd", "worsened");
        ck_assert(counts(&story) == ALERT_LEVEL_WARNING);
        /* Nothing of it was there before: another alert. */
        expect(story, HOUR, WARNING, "e", "raised");
        ck_assert(story.book.entries[KIND].since == story.now);
        memory_pool_free(story.pool);
}
END_TEST

START_TEST(what_flaps_is_told_once) {
        Story story = begin();

        expect(story, 0, WARNING, "k", "raised");
        expect(story, 60, OK, "", "cleared");
        for (int i = 0; i < 50; i++) {
                expect(story, 10 * 60 * USEC_PER_SEC, WARNING, "k", "");
                ck_assert(counts(&story) == ALERT_LEVEL_WARNING); /* shown all the same */
                expect(story, 10 * 60 * USEC_PER_SEC, OK, "", "");
        }
        /* It stays: then it is told, at the time that was named. */
        expect(story, 1, WARNING, "k", "");
        ck_assert(story.book.next == story.now + ALERT_SETTLING_USEC);
        expect(story, ALERT_SETTLING_USEC - 1, WARNING, "k", "");
        expect(story, 1, WARNING, "k", "raised");
        expect(story, 1, OK, "", "cleared");
        memory_pool_free(story.pool);
}
END_TEST

START_TEST(a_level_that_flaps_is_told_once_and_a_lasting_one_counts) {
        Story story = begin();

        expect(story, 0, WARNING, "k", "raised");
        expect(story, 1, CRITICAL, "k", "worsened");
        for (int i = 0; i < 20; i++) {
                expect(story, HOUR, WARNING, "k", "");
                ck_assert(counts(&story) == ALERT_LEVEL_WARNING);
                expect(story, HOUR, CRITICAL, "k", "");
        }
        expect(story, 1, WARNING, "k", "");
        ck_assert(story.book.next == story.now + ALERT_DAMPING_USEC);
        expect(story, ALERT_DAMPING_USEC, WARNING, "k", "");
        expect(story, 1, CRITICAL, "k", "worsened");
        memory_pool_free(story.pool);
}
END_TEST

START_TEST(acknowledged_until_it_is_worse) {
        Story story = begin();

        ck_assert(!alert_state_acknowledge(&story.book, KIND));
        expect(story, 0, INFO, "k", "raised");
        ck_assert(alert_state_acknowledge(&story.book, KIND));
        expect(story, 1, INFO, "k", "");
        ck_assert(counts(&story) == ALERT_LEVEL_OK);
        expect(story, 1, WARNING, "k", "worsened");
        ck_assert(counts(&story) == ALERT_LEVEL_WARNING);
        ck_assert(alert_state_acknowledge(&story.book, KIND));
        /* Gone and back within a day: still acknowledged; later it is a new one. */
        expect(story, 1, OK, "", "cleared");
        expect(story, HOUR, WARNING, "k", "");
        expect(story, 2 * HOUR, WARNING, "k", "");
        ck_assert(counts(&story) == ALERT_LEVEL_OK);
        expect(story, 1, OK, "", "");
        expect(story, 25 * HOUR, WARNING, "k", "raised");
        ck_assert(counts(&story) == ALERT_LEVEL_WARNING);
        memory_pool_free(story.pool);
}
END_TEST

START_TEST(a_snooze_ends_with_a_word) {
        Story story = begin();
        UtcTime until;

        expect(story, 0, WARNING, "k", "raised");
        until = story.now + 3 * DAY;
        ck_assert(alert_state_snooze(&story.book, KIND, until));
        expect(story, DAY, WARNING, "k", "");
        ck_assert(counts(&story) == ALERT_LEVEL_OK && story.book.next == until);
        expect(story, 2 * DAY - 1, WARNING, "k", "");
        expect(story, 1, WARNING, "k", "reminded");
        ck_assert(counts(&story) == ALERT_LEVEL_WARNING);
        ck_assert(alert_state_snooze(&story.book, KIND, story.now + DAY));
        expect(story, 1, CRITICAL, "k", "worsened");
        ck_assert(counts(&story) == ALERT_LEVEL_CRITICAL);
        memory_pool_free(story.pool);
}
END_TEST

static const char *remind(Story *story, UtcDay day) {
        AlertWants wants = { .told_end = UTC_DAY_NONE, .next = UTC_TIME_NONE };
        const char *news;

        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                wants.alerts[kind].coverage_end = wants.alerts[kind].reminder = UTC_DAY_NONE;
        wants.alerts[KIND].level = ALERT_LEVEL_CRITICAL;
        wants.alerts[KIND].text = wants.alerts[KIND].action = "x";
        wants.alerts[KIND].reminder = day;
        story->book = alert_state_step(&story->book, &wants, ++story->now);
        news = alert_news_to_text(story->book.entries[KIND].news);
        story->book.entries[KIND].news = ALERT_NEWS_NONE;
        return news ? news : "";
}

START_TEST(reminders_come_until_somebody_has_seen_it) {
        Story story = begin();

        ck_assert_str_eq(remind(&story, UTC_DAY_NONE), "raised");
        ck_assert_str_eq(remind(&story, 100), "reminded");
        ck_assert_str_eq(remind(&story, 100), "");
        ck_assert_str_eq(remind(&story, 107), "reminded");
        ck_assert(alert_state_acknowledge(&story.book, KIND));
        ck_assert_str_eq(remind(&story, 137), "");
        ck_assert_str_eq(remind(&story, 168), "");
        memory_pool_free(story.pool);
}
END_TEST

START_TEST(news_that_were_not_told_stay) {
        AlertWants wants = { .told_end = UTC_DAY_NONE, .next = UTC_TIME_NONE };
        AlertBook book = alert_book_empty();

        wants.alerts[KIND] = (Alert){ .level = ALERT_LEVEL_WARNING, .text = "x", .action = "x" };
        book = alert_state_step(&book, &wants, START);
        book = alert_state_step(&book, &wants, START + DAY);
        ck_assert(book.entries[KIND].news == ALERT_NEWS_RAISED);
        wants.alerts[KIND].level = ALERT_LEVEL_OK;
        book = alert_state_step(&book, &wants, START + 2 * DAY);
        book = alert_state_step(&book, &wants, START + 9 * DAY);
        ck_assert(book.entries[KIND].news == ALERT_NEWS_CLEARED);
}
END_TEST

START_TEST(the_newest_failures_are_kept) {
        AlertBook book = alert_book_empty();
        char names[ALERT_FAILURES_MAX + 2][8];

        for (int i = 0; i < ALERT_FAILURES_MAX + 2; i++) {
                PatchFailure failure = { .patch = names[i], .at = i };

                snprintf(names[i], sizeof(names[i]), "p%d", i);
                alert_state_add_failure(&book, &failure);
        }
        ck_assert_uint_eq(book.n_failures, ALERT_FAILURES_MAX);
        ck_assert_str_eq(book.failures[0].patch, "p2");
        alert_state_add_failure(&book, &(PatchFailure){ .patch = "p5", .at = 77 });
        ck_assert_uint_eq(book.n_failures, ALERT_FAILURES_MAX);
        ck_assert_int_eq(book.failures[3].at, 77);
}
END_TEST

START_TEST(times_and_words_are_read) {
        static const struct {
                const char *text;
                int64_t usec; /* -1: refused */
        } cases[] = {
                { "90d", 90 * DAY },
                { "48h", 48 * HOUR },
                { "5min", 300 * USEC_PER_SEC },
                { "75s", 75 * USEC_PER_SEC },
                { "0d", 0 },
                { "", -1 },
                { "d", -1 },
                { "5", -1 },
                { "5m", -1 },
                { "-1d", -1 },
                { "36501d", -1 },
                { "999999999d", -1 },
                { "9999999999s", -1 },
                { "1d ", -1 },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                int64_t usec = -1;

                ck_assert_msg((alert_delay_parse(cases[i].text, &usec) == 0) ==
                                                              (cases[i].usec >= 0) &&
                                              usec == cases[i].usec,
                              "'%s'", cases[i].text);
        }
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++) {
                AlertClass read;

                ck_assert_int_eq(alert_class_from_text(alert_class_to_text(kind), &read), 0);
                ck_assert(read == kind);
                ck_assert_ptr_nonnull(alert_class_setting(kind));
        }
        for (AlertDelay delay = 0; delay < _ALERT_DELAY_MAX; delay++) {
                int64_t usec;

                ck_assert_int_eq(alert_delay_parse(alert_delay_default(delay), &usec), 0);
                ck_assert_int_eq(alert_policy_delay(&(AlertPolicy){}, delay), usec);
        }
}
END_TEST

UNIT_TEST(raised_worse_and_gone_are_told_once, another_object_is_news_and_one_less_is_none,
          what_flaps_is_told_once, a_level_that_flaps_is_told_once_and_a_lasting_one_counts,
          acknowledged_until_it_is_worse, a_snooze_ends_with_a_word,
          reminders_come_until_somebody_has_seen_it, news_that_were_not_told_stay,
          the_newest_failures_are_kept, times_and_words_are_read)
