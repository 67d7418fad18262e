/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The window as a picture: how far it reaches, where today stands in it, and what comes before its end. All of it is said once
 * more in the list below, which is what a screen reader reads.
 */

import type { Day } from "./dates";
import { day_to_ms, show_day, show_month } from "./dates";

export interface Moment {
        kind: "today" | "end" | "reboot" | "selection";
        day: Day;
        label: string;
}

interface Props {
        start: Day | null;
        end: Day | null;
        proven: boolean;
        moments: Moment[];
}

/* The first days of months, so many that their names find room. */
function ticks(from: Day, to: Day): Day[] {
        const months = (to - from) / 30;
        const step = [1, 2, 3, 6, 12, 24].find((n) => months / n <= 7) ?? 48;
        const first = new Date(day_to_ms(from));
        const found: Day[] = [];

        for (let i = 0; i < 600; i++) {
                const day = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + i, 1) / 86400000;

                if (day > to) break;
                if (day >= from && day < to - (to - from) / 12 && new Date(day_to_ms(day)).getUTCMonth() % Math.min(step, 12) === 0) found.push(day);
        }
        return found;
}

export function TimeLine({ start, end, proven, moments }: Props) {
        const days = [start, end, ...moments.map((moment) => moment.day)].filter((day): day is Day => day !== null);
        const margin = Math.max(7, Math.round((Math.max(...days) - Math.min(...days)) / 25));
        const from = Math.min(...days) - margin;
        const to = Math.max(...days) + margin;
        const place = (day: Day) => `${(((day - from) / (to - from)) * 100).toFixed(2)}%`;
        const width = (a: Day, b: Day) => `${(((b - a) / (to - from)) * 100).toFixed(2)}%`;
        const today = moments.find((moment) => moment.kind === "today")?.day ?? from;

        return (
                <div className="klp-time-line">
                        <div className="klp-time-line-picture" aria-hidden="true">
                                {end !== null && (
                                        <div
                                                className={"klp-time-line-window" + (proven ? "" : " klp-possible")}
                                                style={{
                                                        insetInlineStart: place(start ?? from),
                                                        inlineSize: width(start ?? from, end),
                                                }}
                                        />
                                )}
                                {end !== null && today > (start ?? from) && (
                                        <div
                                                className="klp-time-line-past"
                                                style={{
                                                        insetInlineStart: place(start ?? from),
                                                        inlineSize: width(start ?? from, Math.min(today, end)),
                                                }}
                                        />
                                )}
                                {moments.map((moment) => (
                                        <div
                                                key={moment.kind + moment.day}
                                                className={`klp-time-line-moment klp-${moment.kind}`}
                                                style={{ insetInlineStart: place(moment.day) }}
                                        />
                                ))}
                                {ticks(from, to).map((day) => (
                                        <div key={day} className="klp-time-line-tick" style={{ insetInlineStart: place(day) }}>
                                                {show_month(day)}
                                        </div>
                                ))}
                        </div>
                        <ul className="klp-time-line-legend">
                                {moments.map((moment) => (
                                        <li key={moment.kind + moment.day}>
                                                <span className={`klp-time-line-sign klp-${moment.kind}`} aria-hidden="true" />
                                                {moment.label} <strong className="klp-day">{show_day(moment.day)}</strong>
                                        </li>
                                ))}
                        </ul>
                </div>
        );
}
