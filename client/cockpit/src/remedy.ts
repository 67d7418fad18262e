/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Remedies: the command for each piece of advice. It is built from names that came from feeds, so whatever is not a plain name is
 * not put into one: nobody may be led to paste a stranger's shell text. The page runs none of them.
 */

import type { Description, LoadedPatch } from "./description";
import { short_release } from "./description";
import { compare_versions } from "./version";

const FALLBACK = "klpctl plan";

type Tool = "yum" | "dnf" | "zypper" | null;

function tool_of({ host }: Description): Tool {
        if (host.vendor === "redhat") return host.stream?.startsWith("rhel-7") ? "yum" : "dnf";
        if (host.vendor === "amazon") return "dnf";
        return host.vendor === "suse" ? "zypper" : null;
}

const is_plain = (name: string | null | undefined): name is string =>
        !!name && /^[A-Za-z0-9._+~:][A-Za-z0-9._+~:-]*$/.test(name);

const is_red = (tool: Tool): boolean => tool === "dnf" || tool === "yum";

export function install_patch(description: Description): string {
        const tool = tool_of(description);
        const name = description.patch.newest?.package;

        return tool && is_plain(name) ? `${tool} install ${name}` : FALLBACK;
}

export const load_patch = (description: Description): string =>
        is_red(tool_of(description)) ? "kpatch load --all" : FALLBACK;

export const look_at_transition = (description: Description): string =>
        tool_of(description) === "zypper" ? "klp -v blocking" : "kpatch list";

/* Without its file there is nothing that a loader service could load. */
export const has_file = ({ patch }: Description, { version }: LoadedPatch): boolean =>
        !!patch.on_disk && (!version || compare_versions(patch.on_disk, version) === 0);

/* What a package does when it is installed was not done, or was undone. */
function install_again(description: Description, loaded: LoadedPatch): string {
        if (!has_file(description, loaded)) return install_patch(description);
        return is_plain(loaded.package) ? `${tool_of(description)} reinstall ${loaded.package}` : FALLBACK;
}

export function enable_at_boot(description: Description): string {
        const lost = description.patch.loaded?.filter((patch) => patch.survives_reboot_obstacle) ?? [];
        const loaded = lost.find((patch) => has_file(description, patch)) ?? lost[0];

        if (!loaded || !is_red(tool_of(description))) return FALLBACK;
        switch (loaded.survives_reboot_obstacle) {
                case "option":
                        return "grubby --update-kernel=DEFAULT --remove-args=kpatch.enable=0";
                case "service":
                        return "systemctl enable kpatch.service";
                case "file":
                        return install_again(description, loaded);
                default:
                        return FALLBACK;
        }
}

export function set_default(description: Description, kernel: string | null): string {
        const { arch } = description.host;

        if (!is_red(tool_of(description)) || !is_plain(kernel) || !is_plain(arch)) return FALLBACK;
        return `grubby --set-default=/boot/vmlinuz-${short_release(kernel, arch)}.${arch}`;
}

/* The name of the package itself is what the daemon derives from the kernel's. */
export function ask_repository(description: Description): string {
        const tool = tool_of(description);
        const name = description.patch.package;

        return description.host.vendor === "redhat" && tool && is_plain(name) ? `${tool} list ${name}` : "klpctl kernels";
}

export const get_facts = (): string => "klpctl refresh";

export function is_installed(description: Description, kernel: string | null): boolean {
        const { arch, installed_kernels } = description.host;

        return !!installed_kernels?.some((name) => short_release(name, arch) === short_release(kernel, arch));
}

/* Null: there is nothing to run. */
export function for_advice(description: Description): string | null {
        const { action, kernel } = description.advice;

        switch (action) {
                case null:
                case "none":
                        return null;
                case "look-at-stalled-transition":
                case "wait-for-transition":
                        return look_at_transition(description);
                case "load-live-patch":
                        return load_patch(description);
                case "apply-live-patch":
                        return install_patch(description);
                case "choose-eligible-kernel":
                        return is_installed(description, kernel) ? set_default(description, kernel) : FALLBACK;
                case "enable-at-boot":
                        return enable_at_boot(description);
                case "confirm-eligibility":
                        return ask_repository(description);
                case "review-foreign-patch":
                        return "ls /sys/kernel/livepatch";
                case "refresh-feeds":
                        return get_facts();
                default:
                        return FALLBACK;
        }
}
