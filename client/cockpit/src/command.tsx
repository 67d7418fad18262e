/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A command to run elsewhere: shown, and put into the clipboard on request. */

import { Button } from "@patternfly/react-core/dist/esm/components/Button/index.js";
import CheckIcon from "@patternfly/react-icons/dist/esm/icons/check-icon.js";
import CopyIcon from "@patternfly/react-icons/dist/esm/icons/copy-icon.js";
import { useEffect, useState } from "react";
import { _, format } from "./i18n";

export function Command({ command }: { command: string }) {
        const [copied, set_copied] = useState(false);

        useEffect(() => {
                if (!copied) return;
                const timer = setTimeout(() => set_copied(false), 3000);
                return () => clearTimeout(timer);
        }, [copied]);

        return (
                <span className="klp-command">
                        <code dir="ltr">{command}</code>
                        {/* There is no clipboard where the page came without TLS. */}
                        {navigator.clipboard && (
                                <Button
                                        variant="plain"
                                        size="sm"
                                        icon={copied ? <CheckIcon /> : <CopyIcon />}
                                        aria-label={copied ? _("Copied") : format(_("Copy “$0”"), command)}
                                        onClick={() =>
                                                navigator.clipboard.writeText(command).then(
                                                        () => set_copied(true),
                                                        () => set_copied(false),
                                                )
                                        }
                                />
                        )}
                </span>
        );
}
