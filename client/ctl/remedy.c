/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Remedies. A warning without the command that ends it is half a warning. Commands are built from
 * names that came over the bus, so whatever is not a plain name is not put into one: nobody may be
 * led to paste a stranger's shell text. It refuses to run anything.
 */

#include <string.h>

#include "base/text.h"
#include "core/kernel-release.h"
#include "core/livepatch-name.h"
#include "ctl/patch-chain.h"
#include "ctl/remedy.h"
#include "ctl/wording.h"

typedef enum Tools {
        TOOLS_UNKNOWN,
        TOOLS_YUM, /* Red Hat, 7 */
        TOOLS_DNF, /* Red Hat from 8 on, Amazon */
        TOOLS_ZYPPER,
} Tools;

static Tools tools_of(const Description *description) {
        const char *stream = description_text(description, "host.stream");

        if (description_is(description, "host.vendor", "redhat"))
                return stream && text_starts_with(stream, "rhel-7") ? TOOLS_YUM : TOOLS_DNF;
        if (description_is(description, "host.vendor", "amazon"))
                return TOOLS_DNF;
        return description_is(description, "host.vendor", "suse") ? TOOLS_ZYPPER : TOOLS_UNKNOWN;
}

static const char *tool_name(Tools tools) {
        return tools == TOOLS_YUM ? "yum" : tools == TOOLS_ZYPPER ? "zypper" : "dnf";
}

/* The characters of package names, versions and kernel releases; nothing a shell would read. */
static bool is_plain(const char *name) {
        return name && name[0] != '\0' && name[0] != '-' &&
               strspn(name,
                      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+~:-") ==
                               strlen(name);
}

static const char *install_patch(const Description *description, MemoryPool *pool) {
        const char *package = description_text(description, "patch.newest.package");
        Tools tools = tools_of(description);

        if (tools == TOOLS_UNKNOWN || !is_plain(package))
                return REMEDY_FALLBACK;
        return memory_pool_format(pool, "%s install %s", tool_name(tools), package);
}

/* The boot loader's entry is named as `uname -r` is: with the architecture. */
static const char *set_default(const Description *description, MemoryPool *pool,
                               const char *kernel) {
        const char *arch = description_text(description, "host.arch");
        Tools tools = tools_of(description);
        KernelRelease release;

        if ((tools != TOOLS_DNF && tools != TOOLS_YUM) || !is_plain(kernel) || !is_plain(arch) ||
            kernel_release_parse(kernel, &release) != 0)
                return REMEDY_FALLBACK;
        return memory_pool_format(pool, "grubby --set-default=/boot/vmlinuz-%s%s%s", kernel,
                                  release.arch[0] == '\0' ? "." : "",
                                  release.arch[0] == '\0' ? arch : "");
}

static const char *install_kernel(const Description *description, MemoryPool *pool,
                                  const char *kernel) {
        const char *name = wording_kernel(pool, kernel);
        Tools tools = tools_of(description);

        if (tools == TOOLS_UNKNOWN || !is_plain(name))
                return REMEDY_FALLBACK;
        return memory_pool_format(pool, "%s install %s-%s", tool_name(tools),
                                  tools == TOOLS_ZYPPER ? "kernel-default" : "kernel", name);
}

/* A loaded patch that something keeps from coming back, one with a file on disk before one without; NULL: none. */
static const Description *patch_with_obstacle(const Description *description) {
        const Description *found = NULL;

        for (size_t i = 0; i < description_n_items(description, "patch.loaded"); i++) {
                const Description *loaded = description_item(description, "patch.loaded", i);

                if (description_text(loaded, "survives_reboot_obstacle") &&
                    (!found || (!patch_chain_has_file(description, found) &&
                                patch_chain_has_file(description, loaded))))
                        found = loaded;
        }
        return found;
}

/* What a package does when it is installed was not done, or was undone. */
static const char *install_again(const Description *description, MemoryPool *pool,
                                 const Description *loaded) {
        const char *package = description_text(loaded, "package");

        if (!patch_chain_has_file(description, loaded))
                return install_patch(description, pool);
        return is_plain(package) ? memory_pool_format(pool, "%s reinstall %s",
                                                      tool_name(tools_of(description)), package)
                                 : REMEDY_FALLBACK;
}

static const char *enable_at_boot(const Description *description, MemoryPool *pool) {
        const Description *loaded = patch_with_obstacle(description);
        Tools tools = tools_of(description);

        if (!loaded || (tools != TOOLS_DNF && tools != TOOLS_YUM))
                return REMEDY_FALLBACK;
        if (description_is(loaded, "survives_reboot_obstacle", "option"))
                return "grubby --update-kernel=DEFAULT --remove-args=kpatch.enable=0";
        if (description_is(loaded, "survives_reboot_obstacle", "service"))
                return "systemctl enable kpatch.service";
        if (description_is(loaded, "survives_reboot_obstacle", "file"))
                return install_again(description, pool, loaded);
        return REMEDY_FALLBACK;
}

static const char *ask_repository(const Description *description, MemoryPool *pool) {
        const char *running = description_text(description, "host.kernel");
        char package[LIVEPATCH_NAME_BYTES];
        Tools tools = tools_of(description);
        KernelRelease release;

        if ((tools != TOOLS_DNF && tools != TOOLS_YUM) ||
            !description_is(description, "host.vendor", "redhat") || !running ||
            kernel_release_parse(running, &release) != 0 ||
            livepatch_package_name(&release, package) != 0 || !is_plain(package))
                return "klpctl kernels";
        return memory_pool_format(pool, "%s list %s", tool_name(tools), package);
}

const char *remedy_command(const Description *description, MemoryPool *pool, Remedy remedy,
                           const char *kernel) {
        Tools tools = tools_of(description);

        switch (remedy) {
        case REMEDY_INSTALL_PATCH:
                return install_patch(description, pool);
        case REMEDY_LOAD_PATCH:
                return tools == TOOLS_DNF || tools == TOOLS_YUM ? "kpatch load --all"
                                                                : REMEDY_FALLBACK;
        case REMEDY_LOOK_AT_TRANSITION:
                return tools == TOOLS_ZYPPER ? "klp -v blocking" : "kpatch list";
        case REMEDY_ENABLE_AT_BOOT:
                return enable_at_boot(description, pool);
        case REMEDY_INSTALL_KERNEL:
                return install_kernel(description, pool, kernel);
        case REMEDY_SET_DEFAULT:
                return set_default(description, pool, kernel);
        case REMEDY_REBOOT:
                return "systemctl reboot";
        case REMEDY_ASK_REPOSITORY:
                return ask_repository(description, pool);
        case REMEDY_LOOK_AT_PATCHES:
                return "ls /sys/kernel/livepatch";
        case REMEDY_GET_FACTS:
                return "klpctl feeds";
        }
        return REMEDY_FALLBACK;
}

bool remedy_kernel_is_installed(const Description *description, MemoryPool *pool,
                                const char *kernel) {
        TextList installed = description_texts(description, pool, "host.installed_kernels");

        for (size_t i = 0; kernel && i < installed.n_items; i++)
                if (strcmp(wording_kernel(pool, installed.items[i]),
                           wording_kernel(pool, kernel)) == 0)
                        return true;
        return false;
}

const char *remedy_for_advice(const Description *description, MemoryPool *pool) {
        static const struct {
                const char *action;
                Remedy remedy;
        } remedies[] = {
                { "look-at-stalled-transition", REMEDY_LOOK_AT_TRANSITION },
                { "wait-for-transition", REMEDY_LOOK_AT_TRANSITION },
                { "load-live-patch", REMEDY_LOAD_PATCH },
                { "apply-live-patch", REMEDY_INSTALL_PATCH },
                { "choose-eligible-kernel", REMEDY_SET_DEFAULT },
                { "enable-at-boot", REMEDY_ENABLE_AT_BOOT },
                { "confirm-eligibility", REMEDY_ASK_REPOSITORY },
                { "review-foreign-patch", REMEDY_LOOK_AT_PATCHES },
                { "refresh-feeds", REMEDY_GET_FACTS },
        };
        const char *action = description_text(description, "advice.action");
        const char *kernel = description_text(description, "advice.kernel");

        if (!action || strcmp(action, "none") == 0)
                return NULL;
        if (strcmp(action, "reboot") == 0 ||
            (kernel && strcmp(action, "choose-eligible-kernel") == 0 &&
             !remedy_kernel_is_installed(description, pool, kernel)))
                return REMEDY_FALLBACK;
        for (size_t i = 0; i < ELEMENTS(remedies); i++)
                if (strcmp(remedies[i].action, action) == 0)
                        return remedy_command(description, pool, remedies[i].remedy, kernel);
        return REMEDY_FALLBACK;
}
