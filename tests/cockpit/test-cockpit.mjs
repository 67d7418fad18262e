#!/usr/bin/env node
/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The page in a real browser: test-cockpit KLPWATCHD KLPCTL PAGE [--images FOLDER] [WORD…], where WORD is part of a test's sentence. */

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const skip = (reason) => {
        console.log(`1..0 # SKIP ${reason}`);
        process.exit(0);
};

try {
        createRequire(path.join(here, "../../client/cockpit/package.json")).resolve("puppeteer-core");
} catch {
        skip("the page's modules are not here: client/cockpit/build --modules brings them");
}
if (!fs.existsSync(path.join(process.argv[4], "index.js"))) skip("the page is not built: client/cockpit/build makes it");
const { Stage, on_path } = await import("./stage.mjs");
for (const program of ["cockpit-ws", "cockpit-bridge", "chromium", "busctl", "dbus-daemon"])
        if (!on_path(program)) skip(`${program} is not installed`);

const [program, klpctl, page, ...rest] = process.argv.slice(2);
const images = rest[0] === "--images" ? path.resolve(rest.splice(0, 2)[1]) : null;
const { tests } = await import("./situations.mjs");
const wanted = tests.filter(([sentence]) => rest.length === 0 || rest.some((word) => sentence.includes(word)));
const stage = new Stage(program, page, { klpctl: path.resolve(klpctl), images });
let n_failed = 0;

console.log(`1..${wanted.length}`);
try {
        await stage.start_all();
        for (const [index, [sentence, test]] of wanted.entries()) {
                const begin = Date.now();
                let outcome = "ok";

                try {
                        await test(stage);
                } catch (error) {
                        outcome = "not ok";
                        n_failed++;
                        for (const line of [error.stack ?? error, ...stage.noise].join("\n").split("\n")) console.log(`# ${line}`);
                        await stage.tab?.screenshot({ path: path.join(process.env.TMPDIR ?? "/tmp", `klpwatch-cockpit-failed-${index + 1}.png`) }).catch(() => {});
                }
                await stage.after_test();
                console.log(`${outcome} ${index + 1} - ${sentence}`);
                console.log(`# ${((Date.now() - begin) / 1000).toFixed(1)} s`);
        }
} finally {
        await stage.close();
}
process.exitCode = n_failed > 0 ? 1 : 0;
