/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "notifier/notice-book.h"
#include "unit-test.h"

#define MINUTE (60 * UINT64_C(1000000))
#define INFO NOTICE_LEVEL_INFO
#define WARNING NOTICE_LEVEL_WARNING
#define CRITICAL NOTICE_LEVEL_CRITICAL

typedef struct Screen {
        NoticeBook *book;
        uint64_t now;
        uint32_t n_numbers;
} Screen;

static void screen_done(Screen *screen) {
        notice_book_free(screen->book);
}

static void update(Screen *screen, size_t n_alerts, const NoticeAlert *alerts) {
        ck_assert_int_eq(notice_book_update(screen->book, alerts, n_alerts, screen->now), 0);
}

#define UPDATE(screen, ...)                                                            \
        update((screen), sizeof((NoticeAlert[]){ __VA_ARGS__ }) / sizeof(NoticeAlert), \
               (NoticeAlert[]){ __VA_ARGS__ })

/* All steps that there are now, as text: "+a" shown, "=a" replaced, "-1" withdrawn. */
static void steps(Screen *screen, const char *expected) {
        char done[256] = "";
        NoticeStep step;

        while ((step = notice_book_step(screen->book, screen->now)).kind != NOTICE_STEP_NONE) {
                size_t n = strlen(done);

                ck_assert_msg(n + 16 < sizeof(done), "it does not end: %s", done);
                if (step.kind == NOTICE_STEP_WITHDRAW) {
                        snprintf(done + n, sizeof(done) - n, "-%u", step.notification);
                        notice_book_closed(screen->book, step.notification);
                        continue;
                }
                snprintf(done + n, sizeof(done) - n, "%c%s", step.notification ? '=' : '+',
                         step.alert.text);
                notice_book_shown(screen->book, step.alert.id,
                                  step.notification ? step.notification : ++screen->n_numbers,
                                  screen->now);
        }
        ck_assert_str_eq(done, expected);
}

#define SCREEN(name)                                                   \
        _cleanup_(screen_done) Screen name = { .now = 1000 * MINUTE }; \
        ck_assert_int_eq(notice_book_new(&name.book), 0)

START_TEST(below_critical_there_is_one_within_an_hour) {
        SCREEN(screen);

        ck_assert_uint_eq(notice_book_next(screen.book, screen.now), NOTICE_NEVER);
        UPDATE(&screen, { "a", INFO, "a", "" }, { "b", WARNING, "b", "" },
               { "c", WARNING, "c", "" });
        ck_assert_uint_eq(notice_book_next(screen.book, screen.now), screen.now);
        steps(&screen, "+b");
        ck_assert_uint_eq(notice_book_next(screen.book, screen.now), screen.now + 60 * MINUTE);
        screen.now += 60 * MINUTE - 1;
        steps(&screen, "");
        ck_assert_uint_eq(notice_book_next(screen.book, screen.now), screen.now + 1);
        screen.now += 1;
        steps(&screen, "+c");
        screen.now += 600 * MINUTE;
        steps(&screen, "+a");
        ck_assert_uint_eq(notice_book_next(screen.book, screen.now), NOTICE_NEVER);
}
END_TEST

START_TEST(what_is_critical_waits_for_nothing_and_takes_no_turn) {
        SCREEN(screen);

        UPDATE(&screen, { "a", CRITICAL, "a", "" }, { "b", CRITICAL, "b", "" },
               { "w", WARNING, "w", "" });
        steps(&screen, "+a+b+w");
        UPDATE(&screen, { "a", CRITICAL, "a2", "" }, { "b", CRITICAL, "b", "" },
               { "w", CRITICAL, "w2", "" });
        steps(&screen, "=a2=w2");
}
END_TEST

START_TEST(what_changes_below_critical_waits_too) {
        SCREEN(screen);

        UPDATE(&screen, { "a", WARNING, "a", "" });
        steps(&screen, "+a");
        UPDATE(&screen, { "a", WARNING, "a2", "" });
        steps(&screen, "");
        UPDATE(&screen, { "a", WARNING, "a3", "" });
        screen.now += 60 * MINUTE;
        steps(&screen, "=a3");
        UPDATE(&screen, { "a", WARNING, "a3", "an action" });
        screen.now += 60 * MINUTE;
        steps(&screen, "=a3");
        UPDATE(&screen, { "a", INFO, "a3", "an action" });
        screen.now += 60 * MINUTE;
        steps(&screen, "=a3");
        UPDATE(&screen, { "a", INFO, "a3", "an action" });
        screen.now += 60 * MINUTE;
        steps(&screen, "");
}
END_TEST

START_TEST(what_is_over_is_withdrawn_and_forgotten) {
        SCREEN(screen);

        UPDATE(&screen, { "a", CRITICAL, "a", "" }, { "b", CRITICAL, "b", "" });
        steps(&screen, "+a+b");
        UPDATE(&screen, { "b", CRITICAL, "b", "" });
        ck_assert_str_eq(notice_book_find(screen.book, 1), "a");
        steps(&screen, "-1");
        ck_assert_ptr_null(notice_book_find(screen.book, 1));
        ck_assert_ptr_null(notice_book_find(screen.book, 0));
        screen.now += NOTICE_MEMORY_USEC;
        UPDATE(&screen, { "b", CRITICAL, "b", "" });
        UPDATE(&screen, { "a", CRITICAL, "a", "" }, { "b", CRITICAL, "b", "" });
        steps(&screen, "+a");
        update(&screen, 0, NULL);
        steps(&screen, "-2-3");
}
END_TEST

/* Critical or not: what comes and goes all day is one alert, until the daemon says that it is news. */
START_TEST(what_comes_and_goes_is_told_once) {
        SCREEN(screen);

        UPDATE(&screen, { "a", CRITICAL, "a", "" });
        steps(&screen, "+a");
        for (int i = 0; i < 20; i++) {
                update(&screen, 0, NULL);
                steps(&screen, i == 0 ? "-1" : "");
                screen.now += 70 * MINUTE;
                UPDATE(&screen, { "a", CRITICAL, "a", "" });
                steps(&screen, "");
                ck_assert_uint_eq(notice_book_next(screen.book, screen.now), NOTICE_NEVER);
        }
        UPDATE(&screen, { "a", CRITICAL, "a", "", .again = true });
        steps(&screen, "+a");
        update(&screen, 0, NULL);
        steps(&screen, "-2");
        screen.now += NOTICE_MEMORY_USEC - 1;
        UPDATE(&screen, { "a", CRITICAL, "a", "" });
        steps(&screen, "");
        update(&screen, 0, NULL);
        update(&screen, 0, NULL);
        screen.now += NOTICE_MEMORY_USEC;
        update(&screen, 0, NULL);
        UPDATE(&screen, { "a", CRITICAL, "a", "" });
        steps(&screen, "+a");
}
END_TEST

START_TEST(what_comes_back_worse_or_was_never_told_is_told) {
        SCREEN(screen);

        UPDATE(&screen, { "a", WARNING, "a", "" }, { "b", INFO, "b", "" });
        steps(&screen, "+a");
        update(&screen, 0, NULL);
        steps(&screen, "-1");
        screen.now += 60 * MINUTE;
        UPDATE(&screen, { "a", CRITICAL, "worse", "" }, { "b", INFO, "b", "" });
        steps(&screen, "+worse+b");
        /* A server that ends while it is away brings nothing back. */
        UPDATE(&screen, { "b", INFO, "b", "" });
        notice_book_lost(screen.book);
        steps(&screen, "+b");
        UPDATE(&screen, { "a", CRITICAL, "worse", "" }, { "b", INFO, "b", "" });
        steps(&screen, "");
        /* Neither does what it was waiting to say when it went. */
        UPDATE(&screen, { "b", INFO, "b", "", .again = true });
        update(&screen, 0, NULL);
        steps(&screen, "-4");
        screen.now += 60 * MINUTE;
        UPDATE(&screen, { "b", INFO, "b", "" });
        steps(&screen, "");
        UPDATE(&screen, { "b", INFO, "b", "", .again = true });
        steps(&screen, "+b");
        UPDATE(&screen, { "a", CRITICAL, "worse", "" }, { "b", INFO, "b", "" });
        /* A snooze holds over that, too. */
        notice_book_mute(screen.book, "b", screen.now + 100 * MINUTE);
        steps(&screen, "-5");
        UPDATE(&screen, { "a", CRITICAL, "worse", "" });
        UPDATE(&screen, { "a", CRITICAL, "worse", "" }, { "b", INFO, "b", "", .again = true });
        steps(&screen, "");
        screen.now += 100 * MINUTE;
        steps(&screen, "+b");
}
END_TEST

START_TEST(what_was_dismissed_comes_back_only_for_a_reason) {
        SCREEN(screen);

        UPDATE(&screen, { "a", WARNING, "a", "" });
        steps(&screen, "+a");
        notice_book_closed(screen.book, 1);
        screen.now += 60 * MINUTE;
        UPDATE(&screen, { "a", WARNING, "other words", "" });
        steps(&screen, "");
        UPDATE(&screen, { "a", INFO, "better", "" });
        steps(&screen, "");
        UPDATE(&screen, { "a", WARNING, "as bad", "" });
        steps(&screen, "");
        UPDATE(&screen, { "a", WARNING, "again", "", .again = true });
        UPDATE(&screen, { "a", WARNING, "again", "" });
        steps(&screen, "+again");
        notice_book_closed(screen.book, 2);
        UPDATE(&screen, { "a", CRITICAL, "worse", "" });
        steps(&screen, "+worse");
}
END_TEST

START_TEST(what_the_server_lost_comes_again_at_once) {
        SCREEN(screen);

        UPDATE(&screen, { "a", WARNING, "a", "" }, { "b", CRITICAL, "b", "" },
               { "c", CRITICAL, "c", "" }, { "d", WARNING, "d", "" });
        steps(&screen, "+b+c+a");
        notice_book_closed(screen.book, 2);
        notice_book_lost(screen.book);
        ck_assert_uint_eq(notice_book_next(screen.book, screen.now), screen.now);
        steps(&screen, "+b+a");
        /* d's turn is as it was. */
        screen.now += 60 * MINUTE;
        steps(&screen, "+d");
}
END_TEST

START_TEST(what_is_muted_is_quiet_until_then_or_until_it_is_worse) {
        SCREEN(screen);

        UPDATE(&screen, { "a", WARNING, "a", "" });
        steps(&screen, "+a");
        notice_book_mute(screen.book, "a", screen.now + 100 * MINUTE);
        steps(&screen, "-1");
        ck_assert_uint_eq(notice_book_next(screen.book, screen.now), screen.now + 100 * MINUTE);
        screen.now += 99 * MINUTE;
        UPDATE(&screen, { "a", WARNING, "a", "", .again = true });
        steps(&screen, "");
        screen.now += 1 * MINUTE;
        steps(&screen, "+a");
        notice_book_mute(screen.book, "a", screen.now + 100 * MINUTE);
        steps(&screen, "-2");
        UPDATE(&screen, { "a", CRITICAL, "worse", "" });
        steps(&screen, "+worse");
        notice_book_mute(screen.book, "none", 1);
        notice_book_shown(screen.book, "none", 9, screen.now);
        notice_book_closed(screen.book, 9);
}
END_TEST

UNIT_TEST(below_critical_there_is_one_within_an_hour,
          what_is_critical_waits_for_nothing_and_takes_no_turn,
          what_changes_below_critical_waits_too, what_is_over_is_withdrawn_and_forgotten,
          what_comes_and_goes_is_told_once, what_comes_back_worse_or_was_never_told_is_told,
          what_was_dismissed_comes_back_only_for_a_reason, what_the_server_lost_comes_again_at_once,
          what_is_muted_is_quiet_until_then_or_until_it_is_worse)
