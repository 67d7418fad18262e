/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The connection to klpwatchd. One object follows the name on the bus and the answer behind it, and tells whoever listens; it
 * asks again only when the daemon has said that something changed. Nothing is polled, and an answer whose daemon is gone
 * is not shown any longer: it would be somebody's last words.
 */

import type { Description } from "./description";
import { SCHEMA } from "./description";

export const NAME = "org.klpwatch1";
export const PATH = "/org/klpwatch1";
export const MANAGER = "org.klpwatch1.Manager";
export const FEED = "org.klpwatch1.Feed";
export const ALERT = "org.klpwatch1.Alert";
export const LIVEPATCH = "org.klpwatch1.LivePatch";

export type Phase = "connecting" | "missing" | "failed" | "ready";

export interface Answer {
        phase: Phase;
        problem: string; /* of "failed" */
        description: Description | null; /* of "ready" */
        /* Grow when what only the methods show has changed. */
        exposures_revision: number;
        kernels_revision: number;
}

const nothing: Answer = {
        phase: "connecting",
        problem: "",
        description: null,
        exposures_revision: 0,
        kernels_revision: 0,
};

export const failure_text = (failure: unknown): string => {
        const known = failure as Cockpit.Failure;

        return known?.message || known?.problem || String(failure);
};

export class Bus {
        answer: Answer = nothing;
        client: Cockpit.DBusClient | null = null;
        private listeners = new Set<() => void>();
        private asking = false;
        private ask_again = false;

        constructor() {
                const watcher = cockpit.dbus("org.freedesktop.DBus", { bus: "system" });

                watcher.subscribe(
                        { interface: "org.freedesktop.DBus", member: "NameOwnerChanged", arg0: NAME },
                        (_path, _iface, _signal, args) => (args[2] ? this.connect() : this.lose()),
                );
                watcher.addEventListener("close", (_event, failure) => this.fail(failure));
                /* Starts the daemon where it is to be started on demand. */
                this.connect();
        }

        subscribe = (listener: () => void): (() => void) => {
                this.listeners.add(listener);
                return () => this.listeners.delete(listener);
        };

        current = (): Answer => this.answer;

        /* For whoever presses a button after an error. */
        connect = (): void => {
                this.disconnect();
                this.set({ phase: "connecting", problem: "", description: null });

                const client = cockpit.dbus(NAME, { bus: "system" });
                this.client = client;
                client.addEventListener("close", (_event, failure) => {
                        if (this.client !== client) return;
                        this.client = null;
                        if (!failure.problem || failure.problem === "not-found" || failure.problem === "disconnected")
                                this.set({ phase: "missing", description: null });
                        else this.fail(failure);
                });
                client.subscribe({ interface: MANAGER, path: PATH, member: "Changed" }, (_p, _i, _s, args) =>
                        this.on_changed(args[0] as string[]),
                );
                this.ask();
        };

        private disconnect(): void {
                const client = this.client;

                this.client = null;
                this.asking = this.ask_again = false;
                client?.close();
        }

        private lose(): void {
                this.disconnect();
                this.set({ phase: "missing", description: null });
        }

        private fail(failure: unknown): void {
                this.disconnect();
                this.set({ phase: "failed", problem: failure_text(failure), description: null });
        }

        private set(change: Partial<Answer>): void {
                this.answer = { ...this.answer, ...change };
                this.listeners.forEach((listener) => listener());
        }

        private on_changed(what: string[]): void {
                this.set({
                        exposures_revision: this.answer.exposures_revision + (what.includes("Exposures") ? 1 : 0),
                        kernels_revision: this.answer.kernels_revision + (what.includes("Kernels") ? 1 : 0),
                });
                this.ask();
        }

        /* For times of feeds, which change without being announced. */
        look_again = (): void => {
                this.ask();
        };

        /* One question at a time; what changes meanwhile leads to one more. */
        private async ask(): Promise<void> {
                const client = this.client;

                if (!client) return;
                if (this.asking) {
                        this.ask_again = true;
                        return;
                }
                this.asking = true;
                try {
                        do {
                                this.ask_again = false;
                                const description = await describe(client);

                                if (this.client !== client) return;
                                this.set({
                                        phase: "ready",
                                        description,
                                        exposures_revision: this.answer.exposures_revision || 1,
                                        kernels_revision: this.answer.kernels_revision || 1,
                                });
                        } while (this.ask_again);
                        this.asking = false;
                } catch (failure) {
                        if (this.client !== client) return;
                        this.asking = false;
                        const known = failure as Cockpit.Failure;
                        /* The first look at the host is not finished: Changed() follows. */
                        if (known.name === "org.klpwatch1.Error.NotAssessed") return;
                        /* The channel's end tells more. */
                        if (known.name === "org.freedesktop.DBus.Error.ServiceUnknown" || known.problem) return;
                        this.fail(failure);
                }
        }
}

async function describe(client: Cockpit.DBusClient, at_usec?: number): Promise<Description> {
        const [text] = at_usec
                ? await client.call(PATH, MANAGER, "DescribeAt", [at_usec], { type: "t" })
                : await client.call(PATH, MANAGER, "Describe", []);
        const description = JSON.parse(text as string) as Description;

        if (description.schema !== SCHEMA)
                throw new Error(`klpwatchd speaks schema ${description.schema}, this page schema ${SCHEMA}`);
        return description;
}

export const describe_at = (client: Cockpit.DBusClient, ms: number): Promise<Description> =>
        describe(client, ms * 1000);

/* What needs a privilege goes over a channel of its own: as administrator where the reader is one here, else as the user,
   whom polkit may ask for a password. */
export async function call_privileged(
        path: string,
        iface: string,
        method: string,
        args: unknown[] = [],
        type?: string,
): Promise<void> {
        const client = cockpit.dbus(NAME, { bus: "system", superuser: "try" });

        try {
                await client.call(path, iface, method, args, { ...(type ? { type } : {}), flags: "i" });
        } finally {
                client.close();
        }
}

/* {key: {t, v}} as {key: v}. */
export function plain<T>(map: unknown): T {
        const result: { [key: string]: unknown } = {};

        for (const [key, variant] of Object.entries(map as Cockpit.VariantMap)) result[key] = variant.v;
        return result as T;
}

/* As sd_bus_path_encode() does. */
export function encode_path(name: string): string {
        const bytes = new TextEncoder().encode(name);
        let text = "";

        bytes.forEach((byte, i) => {
                const sign = String.fromCharCode(byte);

                text +=
                        /[A-Za-z]/.test(sign) || (i > 0 && /[0-9]/.test(sign))
                                ? sign
                                : "_" + byte.toString(16).padStart(2, "0");
        });
        return text || "_";
}
