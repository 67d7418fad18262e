/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Days and times. A window ends with a day in UTC, wherever the reader sits, so days are never converted; times of
 * day are shown in UTC as well, and say so.
 */

import { _, format, locale, ngettext } from "./i18n";

/* Days since the epoch; what is on the bus: microseconds, or "YYYY-MM-DD". */
export type Day = number;

const DAY_MS = 86400000;

export function parse_day(text: string | null | undefined): Day | null {
        const ms = text ? Date.parse(text.slice(0, 10) + "T00:00:00Z") : NaN;

        return Number.isNaN(ms) ? null : Math.floor(ms / DAY_MS);
}

export function parse_time(text: string | null | undefined): number | null {
        const ms = text ? Date.parse(text) : NaN;

        return Number.isNaN(ms) ? null : ms;
}

/* 0 is none. */
export const usec_to_day = (usec: number): Day | null => (usec > 0 ? Math.floor(usec / 1000 / DAY_MS) : null);
export const usec_to_ms = (usec: number): number | null => (usec > 0 ? usec / 1000 : null);
export const ms_to_day = (ms: number): Day => Math.floor(ms / DAY_MS);
export const day_to_ms = (day: Day): number => day * DAY_MS;
export const day_to_iso = (day: Day): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/* Making a formatter costs more than using it, and tables ask for thousands of dates. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
        const name = locale() + key;
        let found = formatters.get(name);

        if (!found) {
                found = new Intl.DateTimeFormat(locale(), { timeZone: "UTC", ...options });
                formatters.set(name, found);
        }
        return found;
}

export const show_day = (day: Day): string => formatter("day", { dateStyle: "medium" }).format(day * DAY_MS);
export const show_month = (day: Day): string =>
        formatter("month", { month: "short", year: "2-digit" }).format(day * DAY_MS);
export const show_time = (ms: number): string =>
        format(_("$0 UTC"), formatter("time", { dateStyle: "medium", timeStyle: "short" }).format(ms));

export function show_days_left(n_days: number): string {
        if (n_days === 0) return _("last day today");
        if (n_days > 0) return format(ngettext("$0 day left", "$0 days left", n_days), n_days);
        return format(ngettext("$0 day ago", "$0 days ago", -n_days), -n_days);
}

/* "5 minutes ago", "in 3 hours". */
export function show_relative(ms: number, now: number): string {
        const seconds = (ms - now) / 1000;
        const steps: [Intl.RelativeTimeFormatUnit, number][] = [
                ["day", 86400],
                ["hour", 3600],
                ["minute", 60],
        ];
        const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });

        for (const [unit, length] of steps)
                if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
        return relative.format(Math.trunc(seconds), "second");
}
