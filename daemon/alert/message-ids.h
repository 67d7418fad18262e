/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Ids of what klpwatchd writes into the journal: systemd/klpwatch.catalog says of each what it means and
 * what to do. They never change their meaning.
 */

#define MESSAGE_PATCH_LOADED "7d3e5fd7cd034c71959e2358976d9bde"
#define MESSAGE_TRANSITION_FINISHED "3804e43520f84941986d349d57494173"
#define MESSAGE_TRANSITION_STALLED "10fb6032261d4e6592073662e58c2436"
#define MESSAGE_TRANSITION_REVERSED "91254ca4cb6c40b89460aa2707cd23d3"
#define MESSAGE_TRANSITION_FORCED "cd389afb5a6b478b93ee298c4733c58a"
#define MESSAGE_PATCH_GONE "ee05c5447e1e4943bd1f2a2c7122e536"
#define MESSAGE_PATCH_FAILED "561cf97fc5524b5d899112c00ce14d92"
#define MESSAGE_COVERAGE_CHANGED "8aeb9f7f837c401ab46f54bcaa893477"
#define MESSAGE_ASSESSMENT_IMPOSSIBLE "2a2f9f517a504245b41696bca370ae20"
#define MESSAGE_FEED_FAILED "e3b81629f39249c2b9fa676879e6ddf5"
#define MESSAGE_FEED_UNTRUSTED "2b29214f300548a880d747a6a21fb1fe"
#define MESSAGE_FEED_RECOVERED "908fdcc5ef8a4eee84ca32e4cc00fd8b"
