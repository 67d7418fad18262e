/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The chain. A patch that is released, installed and loaded can still protect nobody: disabled, stuck in its transition, or gone
 * with the next boot. Each link is judged from what the daemon states about it alone; what it does not state is shown as
 * unknown, not as whole.
 */

import { parse_time, show_time } from "./dates";
import type { Description, LoadedPatch } from "./description";
import { _, format } from "./i18n";
import * as remedy from "./remedy";
import { compare_versions } from "./version";
import type { Mark } from "./wording";

export interface Link {
        id: string;
        name: string;
        what: string; /* the version or state; "" for none */
        mark: Mark;
        word: string; /* where the mark's own says it badly; "" for that */
        trouble: string; /* why it is broken; "" for whole */
        command: string | null;
}

/* The patch that the chain is about: a known one before others, an enabled one before others, then the newest. */
export function patch_of_chain(description: Description): LoadedPatch | null {
        const rank = (patch: LoadedPatch) => (patch.known ? 2 : 0) + (patch.enabled ? 1 : 0);
        const sorted = [...(description.patch.loaded ?? [])].sort(
                (a, b) => rank(b) - rank(a) || compare_versions(b.version ?? "", a.version ?? ""),
        );

        return sorted.length > 0 && sorted[0].known !== false ? sorted[0] : null;
}

export function chain_of(description: Description): Link[] {
        const { patch, freshness } = description;
        const loaded = patch_of_chain(description);
        const newest = patch.newest?.version ?? null;
        const on_disk = patch.on_disk;
        const running = loaded?.version ?? null;
        const applies = patch.state !== "not-applicable";
        const link = (id: string, name: string): Link => ({
                id,
                name,
                what: "",
                mark: "neutral",
                word: "",
                trouble: "",
                command: null,
        });
        const broken = (to: Link, mark: Mark, trouble: string, command: string | null) =>
                Object.assign(to, { mark, trouble, command });

        const feed = link("feed", _("Feed"));
        if (freshness.state === "fresh") feed.mark = "success";
        else if (freshness.state === "never" || !freshness.state)
                broken(feed, "unknown", _("There are no facts yet: live patches may be out."), remedy.get_facts());
        else
                broken(
                        feed,
                        freshness.state === "stale" ? "warning" : "danger",
                        _("The facts are old: a newer live patch may be out."),
                        remedy.get_facts(),
                );

        const released = link("package", _("Package"));
        const file = link("file", _("On disk"));
        const in_kernel = link("loaded", _("Loaded"));
        const enabled = link("enabled", _("Enabled"));
        const transition = link("transition", _("Transition"));
        const reboot = link("reboot", _("After a reboot"));
        const chain = [feed, released, file, in_kernel, enabled, transition, reboot];
        if (!applies) return chain;

        if (newest) Object.assign(released, { what: newest, mark: "success" });
        else if (patch.state !== "none-needed") released.mark = "unknown";

        if (on_disk) file.what = on_disk;
        if (on_disk && newest && compare_versions(on_disk, newest) < 0)
                broken(
                        file,
                        "warning",
                        format(_("$0 is released, the newest on this host is $1."), newest, on_disk),
                        remedy.install_patch(description),
                );
        else if (on_disk) file.mark = "success";
        else if (patch.state === "missing")
                broken(
                        file,
                        "danger",
                        _("No live patch for the running kernel is on this host."),
                        remedy.install_patch(description),
                );
        else if (loaded || newest || patch.state !== "none-needed") file.mark = "unknown";

        const reference = on_disk ?? newest;
        if (running) in_kernel.what = running;
        if (loaded && running && reference && compare_versions(running, reference) < 0)
                broken(
                        in_kernel,
                        "warning",
                        on_disk
                                ? format(_("$0 is loaded, $1 is on disk."), running, reference)
                                : format(_("$0 is loaded, $1 is released."), running, reference),
                        on_disk ? remedy.load_patch(description) : remedy.install_patch(description),
                );
        else if (loaded) in_kernel.mark = "success";
        else if (on_disk)
                broken(in_kernel, "danger", _("The live patch on disk is not loaded."), remedy.load_patch(description));
        if (!loaded) return chain;

        if (loaded.enabled) enabled.mark = "success";
        else if (loaded.enabled === false)
                broken(
                        enabled,
                        "danger",
                        _("The live patch is loaded, but not enabled: it protects nothing."),
                        remedy.load_patch(description),
                );
        else enabled.mark = "unknown";

        const since = parse_time(loaded.since);
        if (loaded.transition && patch.state === "stalled")
                broken(
                        transition,
                        "danger",
                        since === null
                                ? _("Some tasks have not moved to the patched code.")
                                : format(_("Some tasks have not moved to the patched code since $0."), show_time(since)),
                        remedy.look_at_transition(description),
                );
        else if (loaded.transition)
                broken(
                        transition,
                        "info",
                        since === null
                                ? _("Tasks are still moving to the patched code.")
                                : format(_("Tasks have been moving to the patched code since $0."), show_time(since)),
                        remedy.look_at_transition(description),
                );
        else if (loaded.transition === null || loaded.enabled === null) transition.mark = "unknown";
        else if (loaded.enabled) transition.mark = "success";

        if (loaded.survives_reboot === "yes") reboot.mark = "success";
        else if (loaded.survives_reboot === "no" && loaded.survives_reboot_kernel) {
                /* There is nothing to enable for this kernel, and that one may need no live patch. */
                broken(reboot, "warning", _("The kernel that boots next has no live patch on disk."), "klpctl kernels");
                reboot.word = _("None on disk");
        } else if (loaded.survives_reboot === "no")
                broken(
                        reboot,
                        "danger",
                        _("After a reboot the live patch would not come back."),
                        remedy.has_file(description, loaded) ? remedy.enable_at_boot(description) : remedy.install_patch(description),
                );
        else reboot.mark = "unknown";
        return chain;
}

export function mark_text(mark: Mark): string {
        switch (mark) {
                case "success":
                        return _("Whole");
                case "info":
                        return _("Under way");
                case "warning":
                        return _("Behind");
                case "danger":
                        return _("Broken");
                case "unknown":
                        return _("Not known");
                default:
                        return _("Does not apply");
        }
}
