/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Wording. The daemon's words are exact and stable; what stands on the page is for somebody who has not read its manual. The two
 * are held together in these tables. A word that this version does not know is shown as it came, never dropped.
 */

import { _, N_ } from "./i18n";

export type Mark = "success" | "info" | "warning" | "danger" | "unknown" | "neutral";

interface Word {
        mark: Mark;
        text: string;
}

function look_up(words: { [word: string]: Word }, word: string | null, fallback: string): Word {
        const known = words[word ?? fallback];

        return known ? { mark: known.mark, text: _(known.text) } : { mark: "unknown", text: word ?? _("not known") };
}

const coverages: { [word: string]: Word } = {
        covered: { mark: "success", text: N_("Covered") },
        ending: { mark: "warning", text: N_("Ends soon") },
        ended: { mark: "danger", text: N_("Ended") },
        unsupported: { mark: "danger", text: N_("Not covered") },
        unconfirmed: { mark: "unknown", text: N_("Not proven") },
        unknown: { mark: "unknown", text: N_("Not known") },
        "not-applicable": { mark: "neutral", text: N_("Does not apply") },
};
export const coverage_word = (word: string | null): Word => look_up(coverages, word, "unknown");

const patches: { [word: string]: Word } = {
        applied: { mark: "success", text: N_("Applied") },
        outdated: { mark: "warning", text: N_("Applied, but a newer one is released") },
        transitioning: { mark: "info", text: N_("In transition") },
        stalled: { mark: "danger", text: N_("Stuck in its transition") },
        disabled: { mark: "danger", text: N_("Loaded, but not enabled") },
        foreign: { mark: "warning", text: N_("Enabled, but known to no feed") },
        missing: { mark: "danger", text: N_("Released, but none is loaded") },
        "none-needed": { mark: "success", text: N_("None needed yet") },
        "not-applicable": { mark: "neutral", text: N_("Does not apply") },
        unknown: { mark: "unknown", text: N_("Not known") },
};
export const patch_word = (word: string | null): Word => look_up(patches, word, "unknown");

const levels: { [word: string]: Word } = {
        ok: { mark: "success", text: N_("No alerts") },
        info: { mark: "info", text: N_("Information") },
        warning: { mark: "warning", text: N_("Warning") },
        critical: { mark: "danger", text: N_("Critical") },
};
export const level_word = (word: string | null): Word => look_up(levels, word, "ok");

const freshnesses: { [word: string]: Word } = {
        fresh: { mark: "success", text: N_("Fresh") },
        stale: { mark: "warning", text: N_("Stale") },
        expired: { mark: "danger", text: N_("Expired") },
        never: { mark: "unknown", text: N_("Has said nothing yet") },
};
export const freshness_word = (word: string | null): Word => look_up(freshnesses, word, "never");

const severities: { [word: string]: Word } = {
        critical: { mark: "danger", text: N_("Critical") },
        important: { mark: "warning", text: N_("Important") },
        moderate: { mark: "info", text: N_("Moderate") },
        low: { mark: "neutral", text: N_("Low") },
        unrated: { mark: "unknown", text: N_("Not rated") },
};
export const severity_word = (word: string | null): Word => look_up(severities, word || "unrated", "unrated");
/* Worst first. */
export const severity_order = ["critical", "important", "moderate", "low", "unrated"];

interface Verdict extends Word {
        sentence: string;
        open: boolean;
}

const verdicts: { [word: string]: Verdict } = {
        "live-patch-available": {
                mark: "warning",
                open: true,
                text: N_("Live patch released"),
                sentence: N_("Open: a live patch that fixes it is released, but it is not on this host."),
        },
        "live-patch-not-active": {
                mark: "warning",
                open: true,
                text: N_("Live patch not active"),
                sentence: N_("Open: a live patch that fixes it is on this host, but it is not enabled."),
        },
        "live-patch-pending": {
                mark: "info",
                open: true,
                text: N_("Live patch pending"),
                sentence: N_("Still open: the live patch that fixes it is loaded, but its transition has not finished."),
        },
        "live-patch-awaited": {
                mark: "info",
                open: true,
                text: N_("Live patch awaited"),
                sentence: N_("Open: a newer kernel fixes it, and a live patch for it is to be expected."),
        },
        "reboot-needed": {
                mark: "danger",
                open: true,
                text: N_("Reboot needed"),
                sentence: N_("Open: only a newer kernel fixes it, so it takes a reboot."),
        },
        "below-scope": {
                mark: "neutral",
                open: true,
                text: N_("Below scope"),
                sentence: N_(
                        "Open: only a newer kernel fixes it, and it is below the severity that the vendor live-patches.",
                ),
        },
        unknown: {
                mark: "unknown",
                open: true,
                text: N_("Not known"),
                sentence: N_("It may be open: what fixes it on this host is not known."),
        },
        "live-patched": {
                mark: "success",
                open: false,
                text: N_("Live-patched"),
                sentence: N_("Fixed on this host by the live patch that is applied."),
        },
        "fixed-in-kernel": {
                mark: "success",
                open: false,
                text: N_("Fixed in the kernel"),
                sentence: N_("Fixed in the running kernel."),
        },
};
export const verdict_names = Object.keys(verdicts);
export const verdict_word = (word: string): Word => look_up(verdicts, word, "unknown");
export const verdict_sentence = (word: string): string => _((verdicts[word] ?? verdicts.unknown).sentence);

const bases: { [word: string]: string } = {
        override: N_("your settings"),
        vendor: N_("the vendor's dated list"),
        package: N_("a patch package installed here"),
        feed: N_("what the vendor published"),
        policy: N_("the vendor's calendar rule"),
        "build-date": N_("the kernel's build date"),
};
export const basis_text = (word: string | null): string => (word ? (bases[word] ? _(bases[word]) : word) : "");

const eligibilities: { [word: string]: Word } = {
        yes: { mark: "success", text: N_("Yes") },
        possible: { mark: "unknown", text: N_("Possibly") },
        no: { mark: "danger", text: N_("No") },
        unknown: { mark: "unknown", text: N_("Not known") },
        "": { mark: "neutral", text: N_("Does not apply") },
};
export const eligible_word = (word: string | null): Word => look_up(eligibilities, word ?? "", "");

const alert_titles: { [word: string]: string } = {
        "coverage-ending": N_("Coverage ends"),
        "coverage-ended-early": N_("Coverage ended early"),
        "unsupported-kernel": N_("This kernel gets no live patches"),
        "unconfirmed-kernel": N_("Coverage is not proven"),
        "next-boot-leaves-stream": N_("The next boot leaves the live-patch stream"),
        "patch-not-applied": N_("A released live patch is not applied"),
        exposure: N_("Open CVEs need attention"),
        "transition-stalled": N_("A transition is stuck"),
        "patch-failed": N_("A live patch failed"),
        "patch-would-not-survive-reboot": N_("The live patch would not survive a reboot"),
        "foreign-patch": N_("A live patch of unknown origin"),
        "feed-stale": N_("Facts are stale"),
        "feed-expired": N_("Facts are expired"),
        "feed-failing": N_("A feed cannot be read"),
        "clock-implausible": N_("The clock is wrong"),
};
export const alert_title = (word: string): string => (alert_titles[word] ? _(alert_titles[word]) : word);
