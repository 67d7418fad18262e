/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Marks: an icon, a colour and always a word, so that nothing hangs on colour alone. */

import { Icon } from "@patternfly/react-core/dist/esm/components/Icon/index.js";
import { Label } from "@patternfly/react-core/dist/esm/components/Label/index.js";
import CheckCircleIcon from "@patternfly/react-icons/dist/esm/icons/check-circle-icon.js";
import ExclamationCircleIcon from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon.js";
import ExclamationTriangleIcon from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon.js";
import InfoCircleIcon from "@patternfly/react-icons/dist/esm/icons/info-circle-icon.js";
import MinusCircleIcon from "@patternfly/react-icons/dist/esm/icons/minus-circle-icon.js";
import QuestionCircleIcon from "@patternfly/react-icons/dist/esm/icons/question-circle-icon.js";
import type { ReactNode } from "react";
import type { Mark } from "./wording";

const icons = {
        success: CheckCircleIcon,
        info: InfoCircleIcon,
        warning: ExclamationTriangleIcon,
        danger: ExclamationCircleIcon,
        unknown: QuestionCircleIcon,
        neutral: MinusCircleIcon,
};

const status_of = (mark: Mark) => (mark === "unknown" || mark === "neutral" ? undefined : mark);

export function MarkIcon({ mark, size }: { mark: Mark; size?: "lg" | "xl" }) {
        const Sign = icons[mark];

        return (
                <Icon status={status_of(mark)} size={size}>
                        <Sign />
                </Icon>
        );
}

export function MarkLabel({ mark, children, compact }: { mark: Mark; children: ReactNode; compact?: boolean }) {
        const Sign = icons[mark];
        const status = status_of(mark);

        return (
                <Label
                        {...(status ? { status } : { color: "grey" as const })}
                        variant="outline"
                        icon={<Sign />}
                        isCompact={compact}
                >
                        {children}
                </Label>
        );
}

/* A mark and a word in a row of text. */
export function Marked({ mark, children }: { mark: Mark; children: ReactNode }) {
        return (
                <span className="klp-marked">
                        <MarkIcon mark={mark} />
                        <span>{children}</span>
                </span>
        );
}
