/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where vendors publish what they say. Only what has the form of an id becomes an address; null: no address is known. */

const advisories: [RegExp, (match: RegExpExecArray, major: string) => string][] = [
        [/^RH[SBE]A-\d{4}:\d+$/, ([id]) => `https://access.redhat.com/errata/${id}`],
        [/^AL[SBE]A-\d{4}:\d+$/, ([id], major) => `https://errata.almalinux.org/${major}/${id.replace(":", "-")}.html`],
        [/^RL[SBE]A-\d{4}:\d+$/, ([id]) => `https://errata.rockylinux.org/${id}`],
        [
                /^SUSE-(SU|RU)-(\d{4}):(\d+)-(\d+)$/,
                ([, kind, year, number, issue]) =>
                        `https://www.suse.com/support/update/announcement/${year}/suse-${kind.toLowerCase()}-${year}${number}-${issue}/`,
        ],
        [/^ALAS2023[A-Z]*-\d{4}-\d+$/, ([id]) => `https://alas.aws.amazon.com/AL2023/${id}.html`],
        [/^(USN|LSN)-\d+-\d+$/, ([id]) => `https://ubuntu.com/security/notices/${id}`],
];

export function advisory_link(advisory: string, stream: string | null): string | null {
        const major = /^[a-z]+-(\d+)/.exec(stream ?? "")?.[1] ?? "9";

        for (const [form, address] of advisories) {
                const match = form.exec(advisory);

                if (match) return address(match, major);
        }
        return null;
}

export function cve_links(cve: string, vendor: string | null): [string, string][] {
        if (!/^CVE-\d{4}-\d+$/.test(cve)) return [];
        const links: [string, string][] = [];

        if (vendor === "redhat") links.push(["Red Hat", `https://access.redhat.com/security/cve/${cve}`]);
        if (vendor === "suse") links.push(["SUSE", `https://www.suse.com/security/cve/${cve}.html`]);
        if (vendor === "amazon") links.push(["Amazon", `https://explore.alas.aws.amazon.com/${cve}.html`]);
        if (vendor === "canonical" || vendor === "ubuntu") links.push(["Ubuntu", `https://ubuntu.com/security/${cve}`]);
        links.push(["CVE.org", `https://www.cve.org/CVERecord?id=${cve}`]);
        return links;
}
