/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the page uses of cockpit.js, which Cockpit serves at ../base1/cockpit.js. It is no package of npm, and older
 * Cockpits bring no types for it; this is as much as both 287 and later ones keep to.
 */

declare namespace Cockpit {
        type Variant = { t: string; v: unknown };
        type VariantMap = { [key: string]: Variant };

        interface Failure {
                name?: string; /* of a D-Bus error */
                problem?: string | null; /* of the channel */
                message?: string;
                exit_status?: number | null;
        }

        interface Removable {
                remove(): void;
        }

        interface Proxy extends EventTarget {
                path: string;
                valid: boolean;
                [property: string]: any;
        }

        interface Proxies {
                [path: string]: any;
                wait(callback: () => void): void;
                addEventListener(
                        type: "added" | "changed" | "removed",
                        listener: (event: CustomEvent, proxy: Proxy) => void,
                ): void;
        }

        interface SignalMatch {
                interface?: string;
                path?: string;
                path_namespace?: string;
                member?: string;
                arg0?: string;
        }

        interface DBusClient {
                call(
                        path: string,
                        iface: string,
                        method: string,
                        args: unknown[],
                        options?: { type?: string; flags?: string; timeout?: number },
                ): Promise<unknown[]>;
                subscribe(
                        match: SignalMatch,
                        callback: (path: string, iface: string, signal: string, args: unknown[]) => void,
                ): Removable;
                proxies(iface: string, path_namespace?: string): Proxies;
                addEventListener(type: "close", listener: (event: Event, failure: Failure) => void): void;
                addEventListener(type: "owner", listener: (event: Event, owner: string | null) => void): void;
                close(problem?: string): void;
        }

        interface Process extends Promise<string> {
                input(data: Uint8Array | string | null, stream?: boolean): Process;
                close(problem?: string): void;
        }

        interface Location {
                path: string[];
                options: { [key: string]: string | string[] };
                go(path: string[], options?: { [key: string]: string }): void;
                replace(path: string[], options?: { [key: string]: string }): void;
        }
}

interface CockpitGlobal {
        gettext(text: string): string;
        ngettext(one: string, many: string, n: number): string;
        format(template: string, ...values: unknown[]): string;
        language: string;
        language_direction?: string;
        hidden: boolean;
        location: Cockpit.Location;
        dbus(name: string, options?: { bus?: string; superuser?: string }): Cockpit.DBusClient;
        spawn(command: string[], options?: { superuser?: string; err?: string; binary?: boolean }): Cockpit.Process;
        jump(path: string): void;
        transport: {
                control(command: string, options: object): void;
                wait(callback: () => void): void;
        };
        addEventListener(type: string, listener: () => void): void;
        removeEventListener(type: string, listener: () => void): void;
}

declare const cockpit: CockpitGlobal;

declare module "*.css";
