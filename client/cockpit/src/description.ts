/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What Describe() says (org.klpwatch1(5)), as far as the page shows it. Null: not known, or none. */

import { ms_to_day, parse_time, type Day } from "./dates";

export const SCHEMA = 1;

export interface LoadedPatch {
        name: string;
        package: string | null;
        version: string | null;
        enabled: boolean | null;
        transition: boolean | null;
        since: string | null;
        loaded_since: string | null;
        enabled_since: string | null;
        transition_usec: number | null;
        replaced_by: string | null;
        known: boolean | null;
        survives_reboot: "yes" | "no" | "unknown";
        survives_reboot_because: string | null;
        survives_reboot_obstacle: string | null;
        survives_reboot_kernel: string | null;
}

export interface FeedState {
        name: string;
        state: string;
        source: string | null;
        complete_to: string | null;
        carries_stream: boolean | null;
        records: number | null;
        type: string | null;
        location: string | null;
        standby: boolean | null;
        last_attempt: string | null;
        last_success: string | null;
        next_attempt: string | null;
        error: string | null;
}

export interface AlertState {
        id: string;
        class: string;
        level: string;
        text: string;
        action: string;
        since: string | null;
        acknowledged: boolean;
        snoozed_until: string | null;
        cves: string[];
}

export interface Description {
        schema: number;
        version: string;
        assessed: string;
        next_change: string | null;
        level: string;
        host: {
                kernel: string | null;
                arch: string | null;
                booted: string | null;
                vendor: string | null;
                stream: string | null;
                channel: string | null;
                live_patching: boolean | null;
                live_patching_because: string | null;
                default_kernel: string | null;
                installed_kernels: string[] | null;
        };
        coverage: {
                state: string | null;
                eligible: string | null;
                start: string | null;
                end: string | null;
                end_expected: boolean | null;
                days_left: number | null;
                basis: string | null;
                end_basis: string | null;
                next_selection: string | null;
                because: string[];
        };
        patch: {
                state: string | null;
                loaded: LoadedPatch[] | null;
                newest: { package: string; version: string; released: string | null; advisory: string | null } | null;
                package: string | null;
                on_disk: string | null;
                because: string[];
        };
        freshness: { state: string | null; complete_to: string | null; feeds: FeedState[] };
        exposure: {
                verdicts: { [verdict: string]: number };
                open: { [severity: string]: number };
                as_of: string | null;
        };
        next_boot: {
                kernel: string | null;
                eligible: string | null;
                end: string | null;
                leaves_stream: boolean | null;
                because: string[];
        };
        reboot: {
                now: boolean;
                by: string | null;
                kernel: string | null;
                installed: boolean | null;
                eligible: string | null;
                coverage_until: string | null;
                closes: number | null;
                wait_for_selection: string | null;
                older: boolean; /* than the running kernel: the way back, at the price of the two below */
                opens: number | null;
                opens_severe: number | null;
        };
        advice: {
                action: string | null;
                by: string | null;
                kernel: string | null;
                coverage_until: string | null;
                closes: number | null;
                text: string | null;
        };
        alerts: AlertState[];
}

/*
 * The time that the answer is about. Between two assessments it is the clock's: the daemon announces the moment at which time
 * alone changes its answer. A daemon that lets that moment pass does not go by this clock, and its own counts.
 */
export function present_ms(description: Description, clock: number): number {
        const assessed = parse_time(description.assessed) ?? clock;
        const next = parse_time(description.next_change);

        return clock >= assessed && (next === null || clock < next + 3600000) ? clock : assessed;
}

export const today_of = (description: Description, clock: number): Day => ms_to_day(present_ms(description, clock));

export const is_calm = (description: Description): boolean =>
        description.host.live_patching === false || description.coverage.state === "not-applicable";

/* Releases with and without their architecture name the same kernel. */
export function short_release(release: string | null, arch: string | null): string {
        if (!release) return "";
        return arch && release.endsWith("." + arch) ? release.slice(0, -arch.length - 1) : release;
}
