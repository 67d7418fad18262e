/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The base kernels of the host's lineage and all installed ones, newest first, each with its window. */

import { Alert } from "@patternfly/react-core/dist/esm/components/Alert/index.js";
import { Card } from "@patternfly/react-core/dist/esm/components/Card/index.js";
import { Label } from "@patternfly/react-core/dist/esm/components/Label/index.js";
import { useEffect, useState } from "react";
import { Because } from "./because";
import { MANAGER, PATH, failure_text, plain, type Bus } from "./bus";
import { Command } from "./command";
import { show_day, usec_to_day, type Day } from "./dates";
import { is_calm, short_release, type Description } from "./description";
import { _, format } from "./i18n";
import { Marked } from "./marks";
import * as remedy from "./remedy";
import { Loading, Nothing } from "./states";
import { basis_text, coverage_word, eligible_word } from "./wording";

interface Kernel {
        release: string;
        stream: string;
        running: boolean;
        installed: boolean;
        next_boot: boolean;
        advised: boolean;
        available: boolean;
        released: number;
        eligible: string;
        coverage: string;
        start: number;
        end: number;
        end_expected: boolean;
        basis: string;
        end_basis: string;
        because: string[];
}

interface Scale {
        from: Day;
        to: Day;
        today: Day;
}

function Bar({ start, end, proven, scale }: { start: Day | null; end: Day | null; proven: boolean; scale: Scale }) {
        const place = (day: Day) => `${(((day - scale.from) / (scale.to - scale.from)) * 100).toFixed(1)}%`;

        return (
                <div className="klp-bar" aria-hidden="true">
                        {end !== null && (
                                <div
                                        className={"klp-bar-window" + (proven ? "" : " klp-possible")}
                                        style={{
                                                insetInlineStart: place(start ?? scale.from),
                                                insetInlineEnd: `calc(100% - ${place(end)})`,
                                        }}
                                />
                        )}
                        <div className="klp-bar-today" style={{ insetInlineStart: place(scale.today) }} />
                </div>
        );
}

function window_text(kernel: Kernel): string {
        const start = usec_to_day(kernel.start);
        const end = usec_to_day(kernel.end);

        if (end === null) return start === null ? _("none known") : format(_("from $0"), show_day(start));
        if (start === null) return format(_("until $0"), show_day(end));
        return format(kernel.end_expected ? _("$0 to $1 (expected)") : _("$0 to $1"), show_day(start), show_day(end));
}

function Row({ kernel, scale, arch, calm }: { kernel: Kernel; scale: Scale; arch: string | null; calm: boolean }) {
        const eligible = eligible_word(kernel.eligible);
        const coverage = coverage_word(kernel.coverage);

        return (
                <tr>
                        <th scope="row" data-label={_("Kernel")}>
                                <span className="klp-release">{short_release(kernel.release, arch)}</span>
                                <span className="klp-labels">
                                        {kernel.running && (
                                                <Label isCompact color="green">
                                                        {_("Running")}
                                                </Label>
                                        )}
                                        {kernel.next_boot && (
                                                <Label isCompact color="blue">
                                                        {_("Boots next")}
                                                </Label>
                                        )}
                                        {kernel.advised && (
                                                <Label isCompact color="purple">
                                                        {_("Advised")}
                                                </Label>
                                        )}
                                        {kernel.installed && (
                                                <Label isCompact variant="outline">
                                                        {_("Installed")}
                                                </Label>
                                        )}
                                </span>
                        </th>
                        <td data-label={_("Live patches")}>
                                <Marked mark={calm ? "neutral" : eligible.mark}>{eligible.text}</Marked>
                        </td>
                        <td data-label={_("Coverage")}>
                                <Marked mark={calm ? "neutral" : coverage.mark}>{coverage.text}</Marked>
                        </td>
                        <td data-label={_("Window")}>
                                <div>{window_text(kernel)}</div>
                                <Bar
                                        start={usec_to_day(kernel.start)}
                                        end={usec_to_day(kernel.end)}
                                        proven={kernel.eligible === "yes"}
                                        scale={scale}
                                />
                        </td>
                        <td data-label={_("Why")}>
                                {basis_text(kernel.basis) || <span className="klp-subtle">{_("not known")}</span>}
                                {!kernel.available && <div className="klp-subtle">{_("This host's channel does not get it.")}</div>}
                                {kernel.because.length > 0 && (
                                        <details>
                                                <summary aria-label={format(_("Reasoning about $0"), short_release(kernel.release, arch))}>
                                                        {_("Reasoning")}
                                                </summary>
                                                <Because lines={kernel.because} />
                                        </details>
                                )}
                        </td>
                </tr>
        );
}

function Leaving({ description }: { description: Description }) {
        const { next_boot, advice, coverage, reboot, host } = description;
        /* While the running kernel is covered, nothing better has to be installed first. */
        const stay = coverage.state === "covered" || coverage.state === "ending";
        const target = advice.action === "choose-eligible-kernel" ? advice.kernel : stay ? host.kernel : reboot.kernel;

        if (!next_boot.leaves_stream || is_calm(description)) return null;
        return (
                <Alert
                        variant="warning"
                        isInline
                        component="h2"
                        id="leaves-stream"
                        title={format(_("The next boot picks $0 and would leave the live-patch stream"), short_release(next_boot.kernel, host.arch))}
                >
                        <Command
                                command={
                                        remedy.is_installed(description, target)
                                                ? remedy.set_default(description, target)
                                                : "klpctl plan"
                                }
                        />
                </Alert>
        );
}

interface Props {
        bus: Bus;
        revision: number;
        today: Day;
        description: Description;
}

export function Kernels({ bus, revision, today, description }: Props) {
        const [kernels, set_kernels] = useState<Kernel[] | null>(null);
        const [problem, set_problem] = useState("");

        useEffect(() => {
                let over = false;

                bus.client?.call(PATH, MANAGER, "ListKernels", []).then(
                        ([rows]) => {
                                if (over) return;
                                set_kernels((rows as unknown[]).map((row) => plain<Kernel>(row)).reverse());
                                set_problem("");
                        },
                        (failure) => !over && set_problem(failure_text(failure)),
                );
                return () => {
                        over = true;
                };
        }, [bus, revision]);

        if (problem) return <Nothing title={_("The kernels cannot be listed")}>{problem}</Nothing>;
        if (!kernels) return <Loading />;
        if (kernels.length === 0)
                return <Nothing title={_("No kernels are known")}>{_("There are no facts about this host's kernels yet.")}</Nothing>;

        const days = kernels.flatMap((kernel) => [usec_to_day(kernel.start), usec_to_day(kernel.end)]).filter((day) => day !== null);
        const scale = { from: Math.min(today - 30, ...days), to: Math.max(today + 30, ...days), today };
        return (
                <div className="klp-stack" id="kernels">
                        <Leaving description={description} />
                        <Card component="div" className="klp-table-card">
                                <table className="klp-table klp-kernels" aria-label={_("Kernels")}>
                                        <thead>
                                                <tr>
                                                        <th scope="col">{_("Kernel")}</th>
                                                        <th scope="col">{_("Live patches")}</th>
                                                        <th scope="col">{_("Coverage")}</th>
                                                        <th scope="col">{_("Window")}</th>
                                                        <th scope="col">{_("Why")}</th>
                                                </tr>
                                        </thead>
                                        <tbody>
                                                {kernels.map((kernel) => (
                                                        <Row
                                                                key={kernel.release}
                                                                kernel={kernel}
                                                                scale={scale}
                                                                arch={description.host.arch}
                                                                calm={is_calm(description)}
                                                        />
                                                ))}
                                        </tbody>
                                </table>
                        </Card>
                </div>
        );
}
