/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * All exposures, page by page. The first page is shown as soon as it is here; the rest follows, each in a task of its own, so
 * that the view stays alive meanwhile. What the daemon says to have changed is asked for anew, and shown once it is whole.
 */

import { MANAGER, PATH, failure_text, plain } from "./bus";
import { severity_order, verdict_names } from "./wording";

export interface Exposure {
        cve: string;
        verdict: string;
        open: boolean;
        severity: string;
        severity_bound: string;
        kernel: string;
        kernel_stream: string;
        kernel_advisory: string;
        kernel_date: number;
        patch: string;
        patch_package: string;
        patch_advisory: string;
        patch_date: number;
        deadline: number;
        note: string;
}

export interface Loaded {
        rows: Exposure[];
        whole: boolean;
        problem: string;
}

const PAGE_ROWS = 500;
const LIMITS = "org.freedesktop.DBus.Error.LimitsExceeded";

/* Returns a function that stops it. */
export function load_exposures(client: Cockpit.DBusClient, tell: (loaded: Loaded) => void): () => void {
        let over = false;

        const page = async (offset: number): Promise<Exposure[]> => {
                const filter = { offset: { t: "u", v: offset }, limit: { t: "u", v: PAGE_ROWS } };

                for (;;) {
                        try {
                                const [rows] = await client.call(PATH, MANAGER, "ListExposures", [filter]);
                                return (rows as unknown[]).map((row) => plain<Exposure>(row));
                        } catch (failure) {
                                /* Asked more often than an ordinary user may: the next second brings more. */
                                if (over || (failure as Cockpit.Failure).name !== LIMITS) throw failure;
                                await new Promise((resolve) => setTimeout(resolve, 1000));
                        }
                }
        };

        const load = async () => {
                let rows: Exposure[] = [];

                try {
                        for (;;) {
                                const more = await page(rows.length);

                                if (over) return;
                                if (more.length === 0) break;
                                rows = rows.concat(more);
                                tell({ rows, whole: false, problem: "" });
                        }
                        tell({ rows, whole: true, problem: "" });
                } catch (failure) {
                        if (!over) tell({ rows, whole: false, problem: failure_text(failure) });
                }
        };

        load();
        return () => {
                over = true;
        };
}

export type SortKey = "cve" | "severity" | "verdict" | "deadline" | "fixed";

export interface Wanted {
        search: string;
        severity: string; /* "" for all */
        verdict: string; /* "open", "closed", "" for all, or one */
        sort: SortKey;
        descending: boolean;
}

/* "CVE-2024-36971" as a number that sorts by year, then by number. */
export function cve_rank(cve: string): number {
        const [, year, number] = cve.split("-");

        return Number(year) * 1e9 + Number(number);
}

export const severity_of = (row: Exposure): string => row.severity || row.severity_bound || "unrated";

/* A bound stands behind the severity that it bounds. */
const severity_rank = (row: Exposure): number =>
        row.severity
                ? severity_order.indexOf(row.severity) * 2
                : row.severity_bound
                  ? severity_order.indexOf(row.severity_bound) * 2 + 1
                  : severity_order.length * 2;

const keys: { [key in SortKey]: (row: Exposure) => number } = {
        cve: (row) => cve_rank(row.cve),
        severity: severity_rank,
        verdict: (row) => verdict_names.indexOf(row.verdict),
        deadline: (row) => row.deadline || Number.MAX_SAFE_INTEGER,
        fixed: (row) => row.patch_date || row.kernel_date,
};

/* What the filter of the bus calls a severity: rows without one of their own are "unrated" there and here. */
const has_severity = (row: Exposure, severity: string): boolean =>
        severity === "unrated" ? row.severity === "" : row.severity === severity;

export function select_exposures(rows: Exposure[], wanted: Wanted): Exposure[] {
        const needle = wanted.search.trim().toLowerCase();
        const found = rows.filter(
                (row) =>
                        (wanted.severity === "" || has_severity(row, wanted.severity)) &&
                        (wanted.verdict === "" ||
                                (wanted.verdict === "open"
                                        ? row.open
                                        : wanted.verdict === "closed"
                                          ? !row.open
                                          : row.verdict === wanted.verdict)) &&
                        (needle === "" ||
                                [row.cve, row.kernel, row.patch_package, row.kernel_advisory, row.patch_advisory].some((text) =>
                                        text.toLowerCase().includes(needle),
                                )),
        );
        const key = keys[wanted.sort];
        const sign = wanted.descending ? -1 : 1;

        return found
                .map((row, i) => ({ row, key: key(row), i }))
                .sort((a, b) => sign * (a.key - b.key) || a.i - b.i)
                .map(({ row }) => row);
}
