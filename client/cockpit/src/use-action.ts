/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a button asks for: whether it is under way, and what came of it, in words. */

import { useEffect, useRef, useState } from "react";
import { failure_text } from "./bus";
import { _ } from "./i18n";

export interface Refusal {
        title: string;
        text: string; /* the daemon's own words */
}

function refusal_of(failure: unknown): Refusal {
        const known = failure as Cockpit.Failure;
        const text = failure_text(failure);

        switch (known.name) {
                case "org.klpwatch1.Error.NotAuthorized":
                case "org.freedesktop.DBus.Error.AccessDenied":
                        return { title: _("You are not allowed to do this. Administrative access may be turned off."), text };
                case "org.klpwatch1.Error.AuthorityUnavailable":
                        return { title: _("Nobody can be asked whether you may do this. Administrative access is needed."), text };
                case "org.freedesktop.DBus.Error.LimitsExceeded":
                        return { title: _("Too many requests. Wait some seconds."), text };
                case "org.klpwatch1.Error.NoSuchAlert":
                        return { title: _("The cause of this alert is gone."), text };
                default:
                        return { title: _("This did not work."), text };
        }
}

export interface Action {
        busy: boolean;
        refusal: Refusal | null;
        run: (work: () => Promise<unknown>) => void;
        forget: () => void;
}

export function useAction(): Action {
        const [busy, set_busy] = useState(false);
        const [refusal, set_refusal] = useState<Refusal | null>(null);
        const here = useRef(true);

        useEffect(() => {
                here.current = true;
                return () => {
                        here.current = false;
                };
        }, []);

        const run = (work: () => Promise<unknown>) => {
                set_busy(true);
                set_refusal(null);
                work().then(
                        () => here.current && set_busy(false),
                        (failure) => {
                                if (!here.current) return;
                                set_busy(false);
                                set_refusal(refusal_of(failure));
                        },
                );
        };

        return { busy, refusal, run, forget: () => set_refusal(null) };
}
