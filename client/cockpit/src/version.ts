/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Versions compare as rpm compares them: runs of digits by value, runs of letters as text, digits above letters; "~" below and
   "^" above the end. Negative, 0, positive. */

const segments = (text: string): string[] => text.match(/[0-9]+|[A-Za-z]+|~|\^/g) ?? [];

function rank(segment: string | undefined): number {
        if (segment === "~") return 0;
        if (segment === undefined) return 1;
        if (segment === "^") return 2;
        return /[0-9]/.test(segment) ? 4 : 3;
}

function compare_part(a: string, b: string): number {
        const left = segments(a);
        const right = segments(b);

        for (let i = 0; i < Math.max(left.length, right.length); i++) {
                const l = left[i];
                const r = right[i];

                if (rank(l) !== rank(r)) return rank(l) - rank(r);
                if (l === undefined || l === r) continue;
                if (rank(l) === 4) {
                        const m = l.replace(/^0+/, "");
                        const n = r.replace(/^0+/, "");

                        if (m.length !== n.length) return m.length - n.length;
                        if (m !== n) return m < n ? -1 : 1;
                } else return l < r ? -1 : 1;
        }
        return 0;
}

/* VERSION-RELEASE, and kernel releases, which have the same form. */
export function compare_versions(a: string, b: string): number {
        const [left, right] = [a.split("-"), b.split("-")];

        for (let i = 0; i < Math.max(left.length, right.length); i++) {
                const order = compare_part(left[i] ?? "", right[i] ?? "");

                if (order !== 0) return order;
        }
        return 0;
}
