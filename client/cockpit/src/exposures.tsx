/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* All CVEs that concern this host, to be searched, narrowed and sorted. What is looked for stands in the page's address. */

import { Alert } from "@patternfly/react-core/dist/esm/components/Alert/index.js";
import { Button } from "@patternfly/react-core/dist/esm/components/Button/index.js";
import { Card } from "@patternfly/react-core/dist/esm/components/Card/index.js";
import { FormSelect, FormSelectOption } from "@patternfly/react-core/dist/esm/components/FormSelect/index.js";
import { SearchInput } from "@patternfly/react-core/dist/esm/components/SearchInput/index.js";
import AngleDownIcon from "@patternfly/react-icons/dist/esm/icons/angle-down-icon.js";
import AngleUpIcon from "@patternfly/react-icons/dist/esm/icons/angle-up-icon.js";
import { memo, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import type { Bus } from "./bus";
import { show_day, usec_to_day, type Day } from "./dates";
import { load_exposures, select_exposures, severity_of, type Exposure, type Loaded, type SortKey, type Wanted } from "./exposure-list";
import { _, N_, format, ngettext } from "./i18n";
import { MarkLabel, Marked } from "./marks";
import { Loading, Nothing } from "./states";
import { useVirtualRows } from "./virtual-rows";
import { severity_order, severity_word, verdict_names, verdict_word, type Mark } from "./wording";

const columns: [SortKey, string][] = [
        ["cve", N_("CVE")],
        ["severity", N_("Severity")],
        ["verdict", N_("Verdict")],
        ["deadline", N_("Deadline")],
        ["fixed", N_("Fixed by")],
];
const sorts = columns.map(([key]) => key);

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : (value ?? ""));

function wanted_of({ options }: Cockpit.Location): Wanted {
        const sort = one(options.sort) as SortKey;

        return {
                search: one(options.search),
                severity: one(options.severity),
                verdict: options.verdict === undefined ? "open" : one(options.verdict),
                sort: sorts.includes(sort) ? sort : "severity",
                descending: one(options.order) === "down",
        };
}

function want(wanted: Wanted): void {
        cockpit.location.replace(["exposures"], {
                ...(wanted.search && { search: wanted.search }),
                ...(wanted.severity && { severity: wanted.severity }),
                ...(wanted.verdict !== "open" && { verdict: wanted.verdict }),
                ...(wanted.sort !== "severity" && { sort: wanted.sort }),
                ...(wanted.descending && { order: "down" }),
        });
}

export function severity_text(row: Exposure): string {
        const word = severity_word(severity_of(row)).text;

        return row.severity || !row.severity_bound ? word : format(_("At most $0"), word.toLowerCase());
}

const severity_mark = (row: Exposure): Mark => (row.severity ? severity_word(row.severity).mark : "unknown");

export function Severity({ row }: { row: Exposure }) {
        return (
                <MarkLabel mark={severity_mark(row)} compact>
                        {severity_text(row)}
                </MarkLabel>
        );
}

const fixing = (row: Exposure): string =>
        row.patch ? format(_("live patch $0"), row.patch) : row.kernel ? format(_("kernel $0"), row.kernel) : "";

const fixing_day = (row: Exposure): Day | null => usec_to_day(row.patch ? row.patch_date : row.kernel_date);

export function fixed_by(row: Exposure): string {
        const day = fixing_day(row);

        return day !== null && fixing(row) ? format("$0, $1", fixing(row), show_day(day)) : fixing(row);
}

export function Deadline({ row, today }: { row: Exposure; today: Day }) {
        const day = usec_to_day(row.deadline);

        if (day === null) return <span className="klp-subtle">{_("none")}</span>;
        if (!row.open || day >= today) return <>{show_day(day)}</>;
        return (
                <Marked mark="danger">
                        {show_day(day)}
                        {/* The mark is in sight, its word for those who do not see it. */}
                        <span className="klp-sr"> {_("passed")}</span>
                </Marked>
        );
}

/* Narrow columns cut what does not fit: the whole is told on hovering, and on the page of the CVE. */
const Row = memo(function Row({ row, index, today }: { row: Exposure; index: number; today: Day }) {
        const verdict = verdict_word(row.verdict);
        const day = fixing_day(row);

        return (
                <tr className="klp-row" role="row" aria-rowindex={index + 2}>
                        <th role="rowheader" scope="row" data-label={_("CVE")}>
                                <a href={`#/exposures/${row.cve}`}>{row.cve}</a>
                        </th>
                        <td role="cell" data-label={_("Severity")}>
                                {/* Plain, for thousands of these pass by. */}
                                <Marked mark={severity_mark(row)}>{severity_text(row)}</Marked>
                        </td>
                        <td role="cell" data-label={_("Verdict")}>
                                <Marked mark={verdict.mark}>{verdict.text}</Marked>
                        </td>
                        <td role="cell" data-label={_("Deadline")}>
                                <Deadline row={row} today={today} />
                        </td>
                        <td role="cell" data-label={_("Fixed by")} title={fixed_by(row)}>
                                <div className="klp-fixed">
                                        <span>{fixing(row)}</span>
                                        {day !== null && <span className="klp-subtle">{show_day(day)}</span>}
                                </div>
                        </td>
                </tr>
        );
});

function Spacer({ height }: { height: number }) {
        return height > 0 ? (
                <tr aria-hidden="true" className="klp-spacer">
                        <td colSpan={columns.length} style={{ blockSize: height }} />
                </tr>
        ) : null;
}

function Table({ rows, wanted, today }: { rows: Exposure[]; wanted: Wanted; today: Day }) {
        const body = useRef<HTMLTableSectionElement>(null);
        const { first, last, row_height } = useVirtualRows(body, rows.length);

        return (
                <table className="klp-table klp-exposures" role="table" aria-label={_("CVEs")} aria-rowcount={rows.length + 1}>
                        <thead role="rowgroup">
                                <tr role="row" aria-rowindex={1}>
                                        {columns.map(([key, title]) => {
                                                const sorted = wanted.sort === key;
                                                const Sign = wanted.descending ? AngleDownIcon : AngleUpIcon;

                                                return (
                                                        <th
                                                                key={key}
                                                                role="columnheader"
                                                                scope="col"
                                                                aria-sort={!sorted ? "none" : wanted.descending ? "descending" : "ascending"}
                                                        >
                                                                <Button
                                                                        variant="plain"
                                                                        className="klp-sort"
                                                                        icon={sorted ? <Sign /> : undefined}
                                                                        iconPosition="end"
                                                                        onClick={() =>
                                                                                want({ ...wanted, sort: key, descending: sorted && !wanted.descending })
                                                                        }
                                                                >
                                                                        {_(title)}
                                                                </Button>
                                                        </th>
                                                );
                                        })}
                                </tr>
                        </thead>
                        <tbody ref={body} role="rowgroup">
                                <Spacer height={first * row_height} />
                                {rows.slice(first, last).map((row, i) => (
                                        <Row key={row.cve} row={row} index={first + i} today={today} />
                                ))}
                                <Spacer height={(rows.length - last) * row_height} />
                        </tbody>
                </table>
        );
}

export function useExposures(bus: Bus, revision: number): Loaded | null {
        const [loaded, set_loaded] = useState<Loaded | null>(null);

        useEffect(() => {
                if (!bus.client) return;
                /* Until the new list is whole the old one stays, if there is one. */
                return load_exposures(bus.client, (more) =>
                        set_loaded((old) => (!more.whole && !more.problem && old && old.whole ? old : more)),
                );
        }, [bus, revision]);
        return loaded;
}

interface Props {
        bus: Bus;
        revision: number;
        today: Day;
        location: Cockpit.Location;
        known: boolean; /* there are facts about this host at all */
}

export function Exposures({ bus, revision, today, location, known }: Props) {
        const loaded = useExposures(bus, revision);
        const wanted = wanted_of(location);
        const [search, set_search] = useState(wanted.search);
        const sought = useDeferredValue(search);
        const rows = useMemo(
                () => (loaded ? select_exposures(loaded.rows, { ...wanted, search: sought }) : []),
                [loaded, wanted.severity, wanted.verdict, wanted.sort, wanted.descending, sought],
        );

        /* What is typed goes into the address; what somebody else has put there comes back from it. */
        const told = useRef(wanted.search);
        useEffect(() => {
                if (sought === told.current) return;
                told.current = sought;
                want({ ...wanted, search: sought });
        }, [sought]);
        useEffect(() => {
                if (wanted.search === told.current) return;
                told.current = wanted.search;
                set_search(wanted.search);
        }, [wanted.search]);

        if (!loaded) return <Loading />;
        if (!known && loaded.rows.length === 0)
                return <Nothing title={_("No CVEs are known")}>{_("There are no facts about this host's kernels yet.")}</Nothing>;

        const clear = () => {
                set_search("");
                want({ ...wanted, search: "", severity: "", verdict: "" });
        };
        return (
                <Card id="exposures" component="div" className="klp-table-card">
                        <div className="klp-toolbar">
                                <SearchInput
                                        aria-label={_("Search CVEs, kernels, packages and advisories")}
                                        placeholder={_("Search")}
                                        value={search}
                                        onChange={(_event, value) => set_search(value)}
                                        onClear={() => set_search("")}
                                        resetButtonLabel={_("Clear")}
                                />
                                <FormSelect
                                        id="verdict-filter"
                                        aria-label={_("Verdict")}
                                        value={wanted.verdict}
                                        onChange={(_event, verdict) => want({ ...wanted, search, verdict })}
                                >
                                        <FormSelectOption value="" label={_("All verdicts")} />
                                        <FormSelectOption value="open" label={_("Open")} />
                                        <FormSelectOption value="closed" label={_("Closed")} />
                                        {verdict_names.map((name) => (
                                                <FormSelectOption key={name} value={name} label={verdict_word(name).text} />
                                        ))}
                                </FormSelect>
                                <FormSelect
                                        id="severity-filter"
                                        aria-label={_("Severity")}
                                        value={wanted.severity}
                                        onChange={(_event, severity) => want({ ...wanted, search, severity })}
                                >
                                        <FormSelectOption value="" label={_("All severities")} />
                                        {severity_order.map((name) => (
                                                <FormSelectOption key={name} value={name} label={severity_word(name).text} />
                                        ))}
                                </FormSelect>
                                <span role="status" id="exposure-count" className="klp-count">
                                        {format(ngettext("$0 of $1 CVE", "$0 of $1 CVEs", loaded.rows.length), rows.length, loaded.rows.length)}
                                        {!loaded.whole && !loaded.problem && " " + _("(loading more)")}
                                </span>
                        </div>
                        {loaded.problem && <Alert variant="danger" isInline title={_("The list is not whole")}>{loaded.problem}</Alert>}
                        {rows.length > 0 ? (
                                <Table rows={rows} wanted={wanted} today={today} />
                        ) : (
                                <Nothing
                                        title={_("No CVE matches")}
                                        action={
                                                <Button variant="link" onClick={clear}>
                                                        {_("Show all")}
                                                </Button>
                                        }
                                />
                        )}
                </Card>
        );
}
