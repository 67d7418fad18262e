/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where the facts come from: how old each feed is, when it is asked next, and a way to ask it now or to hand facts over. */

import { Alert } from "@patternfly/react-core/dist/esm/components/Alert/index.js";
import { Button } from "@patternfly/react-core/dist/esm/components/Button/index.js";
import { Card, CardBody, CardHeader, CardTitle } from "@patternfly/react-core/dist/esm/components/Card/index.js";
import { DescriptionList } from "@patternfly/react-core/dist/esm/components/DescriptionList/index.js";
import { Progress } from "@patternfly/react-core/dist/esm/components/Progress/index.js";
import { useEffect, useRef, useState } from "react";
import { FEED, MANAGER, PATH, call_privileged, encode_path, type Bus } from "./bus";
import { parse_day, parse_time, show_day, show_relative, show_time } from "./dates";
import { present_ms, type Description, type FeedState } from "./description";
import { _, format, ngettext } from "./i18n";
import { Item } from "./item";
import { import_digest } from "./import-digest";
import { Marked } from "./marks";
import { Refused } from "./refused";
import { Nothing } from "./states";
import { useAction } from "./use-action";
import { freshness_word } from "./wording";

interface Step {
        what: string;
        done: number;
        total: number;
}

const path_of = (name: string): string => `${PATH}/feed/${encode_path(name)}`;

/* What the attempts that run are doing, by the feed's path. */
function useProgress(bus: Bus): [{ [path: string]: Step }, () => void] {
        const [steps, set_steps] = useState<{ [path: string]: Step }>({});
        const client = bus.client;

        useEffect(() => {
                if (!client) return;
                const subscription = client.subscribe(
                        { interface: FEED, path_namespace: PATH, member: "Progress" },
                        (path, _iface, _signal, [what, done, total]) =>
                                set_steps((old) => ({
                                        ...old,
                                        [path]: { what: what as string, done: done as number, total: total as number },
                                })),
                );
                return () => subscription.remove();
        }, [client]);
        return [steps, () => set_steps({})];
}

/* "3 hours ago" grows older while it is looked at. */
function useMinutes(): number {
        const [clock, set_clock] = useState(Date.now());

        useEffect(() => {
                const timer = setInterval(() => set_clock(Date.now()), 60000);
                return () => clearInterval(timer);
        }, []);
        return clock;
}

function Moment({ time, now, none }: { time: string | null; now: number; none: string }) {
        const ms = parse_time(time);

        if (ms === null) return <span className="klp-subtle">{none}</span>;
        return <span title={show_time(ms)}>{show_relative(ms, now)}</span>;
}

interface CardProps {
        feed: FeedState;
        now: number;
        step: Step | undefined;
        all_busy: boolean;
        before: () => void; /* a refresh of this one begins */
        after: () => void;
}

function FeedCard({ feed, now, step, all_busy, before, after }: CardProps) {
        const action = useAction();
        const state = freshness_word(feed.state);
        const complete_to = parse_day(feed.complete_to);
        const busy = action.busy || all_busy;
        const shown = step && step.total > 0 ? Math.min(100, Math.round((step.done / step.total) * 100)) : undefined;

        return (
                <Card component="section" className="klp-feed" data-feed={feed.name} aria-label={feed.name}>
                        <CardHeader
                                actions={
                                        feed.type
                                                ? {
                                                          actions: (
                                                                  <Button
                                                                          variant="secondary"
                                                                          isLoading={action.busy}
                                                                          spinnerAriaLabel={_("Loading")}
                                                                          spinnerAriaValueText={_("Loading")}
                                                                          isDisabled={busy}
                                                                          aria-label={format(_("Refresh $0"), feed.name)}
                                                                          onClick={() => {
                                                                                  before();
                                                                                  action.run(() =>
                                                                                          call_privileged(path_of(feed.name), FEED, "Refresh").finally(after),
                                                                                  );
                                                                          }}
                                                                  >
                                                                          {_("Refresh")}
                                                                  </Button>
                                                          ),
                                                          hasNoOffset: true,
                                                  }
                                                : undefined
                                }
                        >
                                <CardTitle component="h3">{feed.name}</CardTitle>
                        </CardHeader>
                        <CardBody>
                                <Refused action={action} />
                                {busy && feed.type && (
                                        <Progress
                                                aria-label={format(_("Refreshing $0"), feed.name)}
                                                title={step?.what ?? _("Asking…")}
                                                value={shown}
                                                measureLocation={shown === undefined ? "none" : "top"}
                                                className={shown === undefined ? "klp-transition" : undefined}
                                                size="sm"
                                        />
                                )}
                                {feed.error && (
                                        <Alert variant="warning" isInline component="p" title={_("The last attempt did not succeed")}>
                                                <span lang="en">{feed.error}</span>
                                        </Alert>
                                )}
                                <DescriptionList columnModifier={{ default: "1Col", md: "2Col", xl: "3Col" }}>
                                        <Item term={_("Age")}>
                                                <Marked mark={state.mark}>
                                                        {complete_to === null
                                                                ? state.text
                                                                : format(_("$0, complete to $1"), state.text, show_day(complete_to))}
                                                </Marked>
                                        </Item>
                                        {feed.type && (
                                                <Item term={_("Last success")}>
                                                        <Moment time={feed.last_success} now={now} none={_("never")} />
                                                </Item>
                                        )}
                                        {feed.type && (
                                                <Item term={_("Next attempt")}>
                                                        {feed.standby ? (
                                                                _("when it is needed")
                                                        ) : (
                                                                <Moment time={feed.next_attempt} now={now} none={_("none planned")} />
                                                        )}
                                                </Item>
                                        )}
                                        <Item term={_("Type")}>{feed.type ?? _("handed over")}</Item>
                                        {feed.location && (
                                                <Item term={_("Location")}>
                                                        <span className="klp-path">{feed.location}</span>
                                                </Item>
                                        )}
                                        <Item term={_("Records")}>
                                                {feed.records ?? 0}
                                                {feed.carries_stream === false && (
                                                        <span className="klp-subtle"> {_("none about this host's stream")}</span>
                                                )}
                                        </Item>
                                        {feed.source && (
                                                <Item term={_("Published by")}>
                                                        <span lang="en">{feed.source}</span>
                                                </Item>
                                        )}
                                </DescriptionList>
                        </CardBody>
                </Card>
        );
}

function Import({ after }: { after: () => void }) {
        const action = useAction();
        const input = useRef<HTMLInputElement>(null);
        const [done, set_done] = useState("");

        const take = (file: File | undefined) => {
                if (!file) return;
                set_done("");
                action.run(async () => {
                        await import_digest(file);
                        set_done(format(_("The facts of $0 are in force."), file.name));
                        after();
                });
        };

        return (
                <Card component="section" id="import">
                        <CardHeader>
                                <CardTitle component="h2">{_("Hand facts over")}</CardTitle>
                        </CardHeader>
                        <CardBody>
                                <p>{_("A host without a network takes its facts from a digest: a file made by klpwatch-digest or exported by another host.")}</p>
                                <Refused action={action} />
                                {done && (
                                        <Alert variant="success" isInline isLiveRegion component="p" title={done} className="klp-imported" />
                                )}
                                <input
                                        ref={input}
                                        type="file"
                                        hidden
                                        id="digest-file"
                                        aria-label={_("Digest")}
                                        onChange={(event) => {
                                                take(event.target.files?.[0]);
                                                event.target.value = "";
                                        }}
                                />
                                <Button
                                        variant="secondary"
                                        isLoading={action.busy}
                                        spinnerAriaLabel={_("Loading")}
                                        spinnerAriaValueText={_("Loading")}
                                        isDisabled={action.busy}
                                        onClick={() => input.current?.click()}
                                >
                                        {_("Import a digest…")}
                                </Button>
                        </CardBody>
                </Card>
        );
}

export function Feeds({ bus, description }: { bus: Bus; description: Description }) {
        const clock = useMinutes();
        const now = present_ms(description, clock);
        const action = useAction();
        const [steps, clear] = useProgress(bus);
        const { feeds } = description.freshness;
        const readable = feeds.filter((feed) => feed.type);
        const after = () => {
                clear();
                bus.look_again();
        };

        return (
                <div className="klp-stack" id="feeds">
                        <div className="klp-title-row">
                                <h2 className="klp-section-title">
                                        {format(ngettext("$0 feed", "$0 feeds", feeds.length), feeds.length)}
                                </h2>
                                {readable.length > 0 && (
                                        <Button
                                                id="refresh-all"
                                                isLoading={action.busy}
                                                spinnerAriaLabel={_("Loading")}
                                                spinnerAriaValueText={_("Loading")}
                                                isDisabled={action.busy}
                                                onClick={() => action.run(() => call_privileged(PATH, MANAGER, "Refresh").finally(after))}
                                        >
                                                {_("Refresh all")}
                                        </Button>
                                )}
                        </div>
                        <Refused action={action} />
                        {feeds.length === 0 && (
                                <Nothing title={_("There are no feeds")} level="h3">
                                        {_("Nothing tells klpwatch about kernels and live patches. Set a feed up, or hand facts over.")}
                                </Nothing>
                        )}
                        {feeds.map((feed) => (
                                <FeedCard
                                        key={feed.name}
                                        feed={feed}
                                        now={now}
                                        step={steps[path_of(feed.name)]}
                                        all_busy={action.busy}
                                        before={action.forget}
                                        after={after}
                                />
                        ))}
                        <Import after={after} />
                </div>
        );
}
