/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The stage: a bus of one's own, the real klpwatchd on a recorded host, a real cockpit-ws with a bridge that an ordinary user
 * runs, and a real browser. Everything listens on the loopback or on sockets in one folder, and ends with the stage.
 */

import assert from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const TESTS = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const SOURCE = path.dirname(TESTS);
export const BUNDLED = path.join(TESTS, "facts/redhat-bundled.digest");
export const AT = "2024-09-30T12:00:00Z";
const DEADLINE_MS = 30000;
const NOBODY = 65534;

const load = createRequire(path.join(SOURCE, "client/cockpit/package.json"));
const { default: puppeteer } = await import(load.resolve("puppeteer-core"));
export const AXE = fs.readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");

export const on_path = (...names) =>
        names
                .flatMap((name) => `${process.env.PATH}:/usr/lib/cockpit:/usr/libexec`.split(":").map((folder) => path.join(folder, name)))
                .find((file) => fs.existsSync(file));

/* Waits for what a process brings about outside of a page; looks again each time the loop is idle. */
export async function until(what, condition) {
        const end = Date.now() + DEADLINE_MS;

        for (;;) {
                const result = await condition();
                if (result) return result;
                if (Date.now() > end) throw new Error(`${what}: it did not come true`);
                await new Promise((resolve) => setTimeout(resolve, 20));
        }
}

async function free_port() {
        const server = net.createServer().listen(0, "127.0.0.1");

        await new Promise((resolve) => server.once("listening", resolve));
        const { port } = server.address();
        await new Promise((resolve) => server.close(resolve));
        return port;
}

export class Stage {
        constructor(program, page, { klpctl = null, images = null } = {}) {
                this.program = path.resolve(program);
                this.built_page = path.resolve(page);
                this.klpctl = klpctl;
                this.images = images;
                this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "klpwatch-cockpit-"));
                fs.chmodSync(this.folder, 0o755);
                this.address = `unix:path=${this.folder}/bus`;
                this.processes = [];
                this.noise = [];
                this.host = path.join(this.folder, "host");
        }

        /* All but klpwatchd, of which each test starts its own. */
        async start_all() {
                await this.start_bus();
                this.start_polkit();
                this.install_page();
                await this.start_cockpit();
                await this.start_browser();
        }

        async after_test() {
                await this.context?.close();
                this.tab = this.context = null;
                if (this.daemon) await this.stop_daemon();
                this.daemon = null;
                this.noise = [];
                this.polkit_says("no");
        }

        start(name, command, args, options = {}) {
                const log = fs.openSync(path.join(this.folder, `${name}.log`), "a");
                const child = spawn(command, args, { stdio: ["ignore", log, log], ...options });

                fs.closeSync(log);
                child.ended = new Promise((resolve) => child.once("exit", resolve));
                this.processes.push(child);
                return child;
        }

        log(name) {
                return fs.readFileSync(path.join(this.folder, `${name}.log`), "utf8");
        }

        async end_process(child) {
                if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
                await child.ended;
        }

        async close() {
                await this.browser?.close();
                for (const child of this.processes.reverse()) await this.end_process(child);
                fs.rmSync(this.folder, { recursive: true, force: true });
        }

        async start_bus() {
                this.start("bus", "dbus-daemon", [
                        `--config-file=${TESTS}/bus/private-bus.conf`,
                        `--address=${this.address}`,
                        "--nofork",
                ]);
                await until("the bus", () => fs.existsSync(`${this.folder}/bus`));
        }

        /* A recorded host that the test may change. */
        copy_host(name) {
                fs.rmSync(this.host, { recursive: true, force: true });
                fs.cpSync(path.join(TESTS, "hosts", name), this.host, { recursive: true });
        }

        start_polkit() {
                this.polkit_says("no");
                this.start("polkit", "/usr/bin/python3", [
                        path.join(TESTS, "cockpit/polkit-stand-in"),
                        this.address,
                        `${this.folder}/answer`,
                        `${this.folder}/asked`,
                ]);
        }

        polkit_says(answer) {
                fs.writeFileSync(`${this.folder}/answer.new`, answer);
                fs.renameSync(`${this.folder}/answer.new`, `${this.folder}/answer`);
        }

        /* What polkit was asked so far: the actions. */
        polkit_asked() {
                const log = `${this.folder}/asked`;

                return fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n") : [];
        }

        bus_call(...args) {
                return spawnSync("busctl", [`--address=${this.address}`, ...args], { encoding: "utf8" });
        }

        /* klpwatchd on a copy of a recorded host. */
        async start_on(name, options = {}) {
                this.copy_host(name);
                await options.change?.(this.host);
                await this.start_daemon(options);
        }

        async start_daemon({ at = AT, digests = [BUNDLED], options = [] } = {}) {
                this.daemon = this.start(
                        "daemon",
                        this.program,
                        [
                                `--root=${this.host}`,
                                ...(at ? [`--at=${at}`] : []),
                                ...digests.map((digest) => `--digest=${digest}`),
                                ...options,
                        ],
                        { env: { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: this.address, JOURNAL_STREAM: "" } },
                );
                await until("klpwatchd", () => {
                        assert(this.daemon.exitCode === null, `klpwatchd ended: ${this.log("daemon")}`);
                        return this.bus_call("status", "org.klpwatch1").status === 0;
                });
        }

        async stop_daemon() {
                await this.end_process(this.daemon);
        }

        /* In the place of klpwatchd; ended by end_process(). */
        async start_stand_in(answer) {
                const child = this.start("service", path.join(TESTS, "cockpit/service-stand-in"), [this.address, answer]);

                await until("service-stand-in", () => this.bus_call("status", "org.klpwatch1").status === 0);
                return child;
        }

        /* The page as it is installed, but that the kernel's folder is looked for in the recorded host. */
        install_page() {
                const share = path.join(this.folder, "share/cockpit/klpwatch");

                fs.cpSync(this.built_page, share, { recursive: true });
                fs.writeFileSync(
                        path.join(share, "override.json"),
                        JSON.stringify({ conditions: [{ "path-exists": `${this.host}/sys/kernel/livepatch` }] }),
                );
        }

        /* A web server whose one session is that of an ordinary user. */
        async start_cockpit() {
                const home = path.join(this.folder, "home");
                const root = process.getuid() === 0;
                const bridge = path.join(this.folder, "bridge");

                fs.mkdirSync(home, { recursive: true });
                /* Cockpit's own pages are not loaded beside ours. */
                fs.mkdirSync(path.join(home, "cockpit"), { recursive: true });
                fs.writeFileSync(path.join(home, "cockpit/system.override.json"), JSON.stringify({ preload: null }));
                if (root) fs.chownSync(home, NOBODY, NOBODY);
                fs.writeFileSync(
                        bridge,
                        `#!/bin/sh\nexec ${root ? `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups ` : ""}cockpit-bridge\n`,
                        { mode: 0o755 },
                );
                this.port = await free_port();
                this.web = this.start(
                        "cockpit",
                        on_path("cockpit-ws"),
                        ["--no-tls", "--address=127.0.0.1", `--port=${this.port}`, `--local-session=${bridge}`],
                        {
                                env: {
                                        PATH: `${path.dirname(this.klpctl ?? "/usr/bin/klpctl")}:${process.env.PATH}`,
                                        HOME: home,
                                        XDG_RUNTIME_DIR: home,
                                        XDG_CONFIG_HOME: home,
                                        XDG_DATA_DIRS: `${this.folder}/share:/usr/share`,
                                        DBUS_SYSTEM_BUS_ADDRESS: this.address,
                                        LANG: "C.UTF-8",
                                },
                        },
                );
                await until("cockpit-ws", async () => {
                        assert(this.web.exitCode === null, `cockpit-ws ended: ${this.log("cockpit")}`);
                        try {
                                return (await fetch(`http://127.0.0.1:${this.port}/ping`)).ok;
                        } catch {
                                return false;
                        }
                });
        }

        /* The bridge in C (before 294) does not. */
        bridge_knows_conditions() {
                return fs.readFileSync(on_path("cockpit-bridge")).subarray(0, 2).toString() === "#!";
        }

        /* Looks at manifests anew. */
        async restart_cockpit() {
                await this.end_process(this.web);
                await this.start_cockpit();
        }

        async start_browser() {
                this.browser = await puppeteer.launch({
                        protocolTimeout: 60000,
                        executablePath: on_path("chromium", "chromium-browser", "google-chrome"),
                        userDataDir: path.join(this.folder, "profile"),
                        args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
                });
        }

        /* Opens the shell at a view of ours and gives back the frame that the page is in. */
        async open(view = "", { width = 1280, height = 1000, language = "en-us", dark = false, page = "klpwatch" } = {}) {
                /* A context of its own: nothing is left of what was opened before. */
                await this.context?.close();
                this.context = await this.browser.createBrowserContext();
                this.tab = await this.context.newPage();
                this.tab.setDefaultTimeout(DEADLINE_MS);
                await this.tab.setViewport({ width, height });
                await this.tab.setCookie({ name: "CockpitLang", value: language, url: `http://127.0.0.1:${this.port}` });
                await this.tab.evaluateOnNewDocument(
                        (style, lang) => {
                                if (!localStorage.getItem("shell:style")) localStorage.setItem("shell:style", style);
                                localStorage.setItem("cockpit.lang", lang);
                        },
                        dark ? "dark" : "light",
                        language,
                );
                this.tab.on("console", (message) => {
                        if (message.type() === "error" || message.type() === "warn")
                                this.noise.push(`${message.location().url ?? ""}: ${message.text()}`);
                });
                this.tab.on("pageerror", (error) => this.noise.push(String(error)));
                await this.tab.goto(`http://127.0.0.1:${this.port}/${page}${view ? "#/" + view : ""}`);
                return this.frame(page);
        }

        async frame(page = "klpwatch") {
                return this.tab.waitForFrame((frame) => frame.url().includes(`/${page}/`) && frame.name().includes(page));
        }

        /* Opens a view and returns its frame when `selector` is in it. */
        async see(view, selector, options) {
                const frame = await this.open(view, options);

                await frame.waitForSelector(selector);
                return frame;
        }

        /* From one view to another, as a reader goes. */
        async go(frame, view, selector) {
                await frame.evaluate((to) => cockpit.location.go(to), view === "" ? [] : view.split("/"));
                await frame.waitForSelector(selector);
        }

        async text(frame, selector) {
                return frame.$eval(selector, (element) => element.innerText.replace(/\s+/g, " ").trim());
        }

        /* Waits until a place on the page says something. */
        async says(frame, selector, ...texts) {
                try {
                        await frame.waitForFunction(
                                (where, what) => {
                                        const said = document.querySelector(where)?.innerText.replace(/\s+/g, " ") ?? "";
                                        return what.every((text) => said.includes(text));
                                },
                                {},
                                selector,
                                texts,
                        );
                } catch (error) {
                        const said = (await frame.$(selector)) ? await this.text(frame, selector) : "not there";
                        throw new Error(`${selector} does not say ${JSON.stringify(texts)}, but: ${said}`, { cause: error });
                }
        }

        async click(frame, selector) {
                await frame.waitForSelector(selector);
                await frame.$eval(selector, (element) => element.scrollIntoView({ block: "center" }));
                await frame.click(selector);
        }

        /* Violations that axe finds in the frame, a line each. */
        async violations(frame) {
                await frame.evaluate(AXE);
                return frame.evaluate(async () => {
                        const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });

                        return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
                });
        }

        /* A picture for docs/images, where pictures are wanted. */
        async picture(name) {
                if (!this.images) return;
                const frame = await this.frame();

                await frame.evaluate(() => {
                        document.activeElement?.blur();
                        document.querySelectorAll(".klp-page, .klp-page *").forEach((element) => (element.scrollTop = 0));
                        return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
                });
                await this.tab.screenshot({ path: path.join(this.images, `cockpit-${name}.png`) });
        }
}
