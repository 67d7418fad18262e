/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An action that did not succeed, until it is closed. */

import { Alert, AlertActionCloseButton } from "@patternfly/react-core/dist/esm/components/Alert/index.js";
import { _ } from "./i18n";
import type { Action } from "./use-action";

export function Refused({ action }: { action: Action }) {
        if (!action.refusal) return null;
        return (
                <Alert
                        variant="danger"
                        isInline
                        isLiveRegion
                        className="klp-refused"
                        component="p"
                        title={action.refusal.title}
                        actionClose={<AlertActionCloseButton aria-label={_("Close")} onClose={action.forget} />}
                >
                        <span lang="en">{action.refusal.text}</span>
                </Alert>
        );
}
