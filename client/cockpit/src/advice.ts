/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The advice in the reader's language, from the same facts as the daemon's own sentence. An action that this version does not
 * know is told in the daemon's words.
 */

import { parse_day, show_day } from "./dates";
import type { Description } from "./description";
import { short_release } from "./description";
import { _, format, ngettext } from "./i18n";
import type { Mark } from "./wording";

const day = (text: string | null): string => {
        const parsed = parse_day(text);

        return parsed === null ? "" : show_day(parsed);
};

/* An older kernel brings coverage back and opens what newer ones have closed: an offer with its price, no order. */
function way_back(plan: Description["reboot"], kernel: string, until: string): string {
        const offer = until
                ? format(_("No newer kernel that gets live patches is known; the way back is the older $0, covered until $1."), kernel, until)
                : format(_("No newer kernel that gets live patches is known; the way back is the older $0."), kernel);

        if (!plan.opens) return offer;
        return `${offer} ${format(
                ngettext("$0 CVE that is closed now would be open there.", "$0 CVEs that are closed now would be open there.", plan.opens),
                plan.opens,
        )}`;
}

function reboot(description: Description): string {
        const { advice, coverage, reboot: plan, host } = description;
        const by = day(advice.by);
        const kernel = short_release(advice.kernel, host.arch);
        const until = day(advice.coverage_until);
        const due = coverage.state === "ended" || coverage.state === "unsupported" || plan.now;

        if (!kernel) {
                if (due) return _("A reboot into a newer kernel is due, but none that gets live patches is known yet.");
                return by
                        ? format(_("A newer kernel is needed by $0, but none that gets live patches is known yet."), by)
                        : _("No newer kernel that gets live patches is known yet.");
        }
        if (plan.older) return way_back(plan, kernel, until);
        if (!by && until && plan.eligible === "possible")
                return format(_("Reboot into $0 now; it is perhaps covered until $1, which is not proven."), kernel, until);
        if (!by)
                return until
                        ? format(_("Reboot into $0 now; it is covered until $1."), kernel, until)
                        : format(_("Reboot into $0 now."), kernel);
        if (!until) return format(_("Reboot by $0 into $1."), by, kernel);
        return plan.eligible === "possible"
                ? format(_("Reboot by $0 into $1; it is perhaps covered until $2, which is not proven."), by, kernel, until)
                : format(_("Reboot by $0 into $1; it is covered until $2."), by, kernel, until);
}

function sentence(description: Description): string | null {
        const { advice, coverage, host, patch } = description;
        const newest = patch.newest;
        const version = newest?.version ?? patch.on_disk ?? "";
        const name = newest?.package ?? patch.package ?? "";
        const kernel = short_release(advice.kernel, host.arch);

        switch (advice.action) {
                case "none":
                        if (coverage.state === "not-applicable") return _("Live patching does not apply to this host.");
                        if (host.live_patching === false) return _("Nothing to do: this host does not use live patching.");
                        return coverage.state === "unknown" ? _("Nothing can be told about this kernel yet.") : _("Nothing to do.");
                case "look-at-stalled-transition":
                        return _("A live patch is stuck in its transition: find the task that holds it up, or reverse it.");
                case "wait-for-transition":
                        return _("A live patch is in its transition: wait until it has finished.");
                case "load-live-patch":
                        return format(
                                _("Load live patch $0, which is on this host already, to patch the running kernel without a reboot."),
                                patch.on_disk ?? version,
                        );
                case "apply-live-patch":
                        return format(
                                _("Install live patch $0 ($1) to patch the running kernel without a reboot."),
                                version,
                                name,
                        );
                case "choose-eligible-kernel":
                        if (!kernel)
                                return _("The next boot would leave the live-patch stream, and no kernel to choose instead is known.");
                        return format(_("The next boot would leave the live-patch stream: make $0 the default kernel."), kernel);
                case "enable-at-boot":
                        return _("The live patch would not come back after a reboot: make sure that it is loaded at boot.");
                case "confirm-eligibility":
                        return host.channel
                                ? _("It is not proven that this kernel gets live patches: ask the repository whether its package exists.")
                                : _("The support channel of this host is not known: set Channel= in section [Host] of /etc/klpwatch.conf.");
                case "review-foreign-patch":
                        return _("A live patch is enabled that no feed knows: find out where it comes from.");
                case "refresh-feeds":
                        return _("The facts are too old: get newer ones.");
                case "reboot":
                        return reboot(description);
                default:
                        return null;
        }
}

export interface AdviceShown {
        text: string;
        in_daemons_words: boolean;
        gain: string; /* what it brings; "" for nothing */
        mark: Mark;
}

export function advice_shown(description: Description): AdviceShown {
        const { advice, coverage, host } = description;
        const text = sentence(description);
        const closes = advice.closes ?? 0;
        const gone = coverage.state === "ended" || coverage.state === "unsupported";
        let mark: Mark = "warning";

        if (host.live_patching === false || coverage.state === "not-applicable") mark = "neutral";
        else if (!advice.action || advice.action === "confirm-eligibility") mark = "unknown";
        else if (advice.action === "none") mark = coverage.state === "unknown" ? "unknown" : "success";
        else if (gone || advice.action === "look-at-stalled-transition") mark = "danger";
        else if (advice.action === "reboot" && coverage.state === "covered") mark = "info";

        return {
                text: text ?? advice.text ?? _("There is no advice yet."),
                in_daemons_words: text === null && !!advice.text,
                gain:
                        closes > 0 && advice.action !== "none"
                                ? format(ngettext("It closes $0 open CVE.", "It closes $0 open CVEs.", closes), closes)
                                : "",
                mark,
        };
}
