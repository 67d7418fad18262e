/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A digest of as many CVEs as wanted, spread over made-up kernels of rhel-9.4, in the form that klpwatchd reads. */

import { createHash } from "node:crypto";

const SEVERITIES = ["critical", "important", "moderate", "low"];
const KERNELS = 40;

export function made_up_digest(n_cves) {
        const records = [];
        let n = 0;

        for (let i = 0; i < KERNELS; i++) {
                const cves = {};

                for (; n < ((i + 1) * n_cves) / KERNELS; n++)
                        cves[`CVE-2024-${String(10000 + n)}`] = SEVERITIES[n % SEVERITIES.length];
                records.push(
                        JSON.stringify({
                                kernel: `5.14.0-427.${20 + i}.1.el9_4`,
                                stream: "rhel-9.4",
                                channels: ["eus", "main"],
                                arch: ["x86_64"],
                                released: new Date(Date.UTC(2024, 4, 20 + i * 3)).toISOString().replace(".000", ""),
                                advisory: `RHSA-2024:${3000 + i}`,
                                severity: "critical",
                                cves: Object.fromEntries(Object.entries(cves).sort(([a], [b]) => (a < b ? -1 : 1))),
                        }),
                );
        }
        records.sort();

        const head = JSON.stringify({ digest: 1, vendor: "redhat", source: "made up", complete_to: "2024-09-30T00:00:00Z" });
        const body = [head, ...records].join("\n") + "\n";
        const sha256 = createHash("sha256").update(body).digest("hex");

        return `${body}${JSON.stringify({ end: records.length, sha256 })}\n`;
}
