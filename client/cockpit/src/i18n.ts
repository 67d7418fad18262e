/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Words in the reader's language. Whole sentences are translated, never parts of one that are put together here;
 * what a sentence names stands in it as $0, $1. The catalogue is loaded before the page, so tables of words that are
 * made once still have to be looked up when they are shown: mark those with N_().
 */

export const _ = (text: string): string => cockpit.gettext(text);
export const N_ = (text: string): string => text;
export const ngettext = (one: string, many: string, n: number): string => cockpit.ngettext(one, many, n);
export const format = (template: string, ...values: unknown[]): string => cockpit.format(template, ...values);

/* BCP 47, as Intl wants it. */
export const locale = (): string => (cockpit.language || "en").replace("_", "-");
