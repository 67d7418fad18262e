/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What can be told of the page without showing it: test-page SOURCE */

import assert from "node:assert";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const source = path.resolve(process.argv[2]);
const client = path.join(source, "client/cockpit");
const read = (...names) => fs.readFileSync(path.join(source, ...names), "utf8");
/* A module of the page, which finds Cockpit's words untranslated. */
async function page_module(name) {
        const esbuild = await import(path.join(client, "node_modules/esbuild/lib/main.js"));
        const { outputFiles } = await esbuild.build({ entryPoints: [path.join(client, "src", name)], bundle: true, format: "esm", write: false });

        globalThis.cockpit = { gettext: (text) => text, format: (template, ...values) => template.replace(/\$(\d)/g, (_, n) => values[n]) };
        return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

const node = (...args) => execFileSync(process.execPath, args, { encoding: "utf8", cwd: os.tmpdir() });

if (!fs.existsSync(path.join(client, "node_modules/esbuild"))) {
        console.log("1..0 # SKIP the page's modules are not here: client/cockpit/build --modules brings them");
        process.exit(0);
}

/* {name: content} of a folder. */
const contents = (folder) =>
        Object.fromEntries(fs.readdirSync(folder).sort().map((name) => [name, fs.readFileSync(path.join(folder, name), "latin1")]));

function built_twice() {
        const work = fs.mkdtempSync(path.join(os.tmpdir(), "klpwatch-page-"));
        const copy = path.join(work, "elsewhere/cockpit");

        try {
                fs.cpSync(client, copy, { recursive: true, filter: (name) => !/\/(node_modules|dist)$/.test(name) });
                fs.symlinkSync(path.join(client, "node_modules"), path.join(copy, "node_modules"));
                node(path.join(client, "tools/bundle.mjs"), path.join(work, "first"));
                node("--preserve-symlinks", "--preserve-symlinks-main", path.join(copy, "tools/bundle.mjs"), path.join(work, "second"));
                const first = contents(path.join(work, "first"));
                assert.deepEqual(Object.keys(first), Object.keys(contents(path.join(work, "second"))));
                for (const [name, text] of Object.entries(contents(path.join(work, "second"))))
                        assert(first[name] === text, `${name} differs`);
                for (const [name, text] of Object.entries(first)) assert(!text.includes(work) && !text.includes(source), `${name} names a folder`);
        } finally {
                fs.rmSync(work, { recursive: true, force: true });
        }
}

function translated() {
        node(path.join(client, "tools/messages.mjs"), "--check");
}

function no_registry() {
        const lock = JSON.parse(read("client/cockpit/package-lock.json"));
        const packages = Object.entries(lock.packages).filter(([name]) => name !== "");

        assert(packages.length > 10);
        for (const [name, entry] of packages) {
                assert.equal(entry.resolved, undefined, name);
                assert.match(entry.integrity, /^sha512-/, name);
        }
}

/* Every word that the daemon may say has its wording. */
function every_word() {
        const wording = read("client/cockpit/src/wording.ts");
        const known = (word) => wording.includes(`"${word}": {`) || wording.includes(`"${word}": N_(`) || new RegExp(`\\b${word}: (\\{|N_\\()`).test(wording);
        const words_of = (file, start) => {
                const text = read(file);
                const from = text.indexOf(start);

                assert(from >= 0, `${file} has no ${start}`);
                return [...text.slice(from, text.indexOf("};", from)).matchAll(/= (?:\{ )?"([a-z-]+)"/g)].map(([, word]) => word);
        };
        const words = [
                ...words_of("daemon/core/alert.c", "} classes["),
                ...words_of("daemon/core/alert.c", "levels["),
                ...words_of("daemon/core/exposure.c", "[_VERDICT_MAX] = {"),
                ...words_of("daemon/core/judged-kernel.c", "[_COVERAGE_MAX] = {"),
                ...words_of("daemon/core/judged-kernel.c", "[_BASIS_MAX] = {"),
                ...words_of("daemon/core/judged-kernel.c", "[_ELIGIBLE_MAX] = {"),
                ...words_of("daemon/core/freshness.c", "[_FRESHNESS_MAX] = {"),
                ...words_of("daemon/core/facts.c", "severity_words["),
                ...words_of("daemon/core/patch-state.c", "[_PATCH_STATE_MAX] = {"),
        ];

        assert(words.length > 40, words.join(" "));
        assert.deepEqual(words.filter((word) => !known(word)), []);
        const obstacles = words_of("daemon/core/patch-state.c", "[_SURVIVAL_OBSTACLE_MAX] = {");
        assert(obstacles.length > 2);
        assert.deepEqual(obstacles.filter((word) => !read("client/cockpit/src/remedy.ts").includes(`case "${word}":`)), []);
        const advice = read("client/cockpit/src/advice.ts");
        const actions = words_of("daemon/core/assessment.c", "[_ADVICE_MAX] = {");
        assert(actions.length > 8);
        assert.deepEqual(actions.filter((action) => !advice.includes(`case "${action}":`)), []);
}

/* What the sentence says is not looked at. */
const patch_lost_by = (obstacle, more) => ({
        name: "m", package: "p", version: "1-2", known: true, enabled: true, transition: false, survives_reboot: "no",
        survives_reboot_because: "kpatch.enable=0 /usr/lib/kpatch", survives_reboot_obstacle: obstacle, survives_reboot_kernel: null, ...more,
});
const host_with = (loaded, { vendor = "redhat", on_disk = "1-2" } = {}) => ({
        host: { vendor, stream: "rhel-9.4", arch: "x86_64", live_patching: true, installed_kernels: [] },
        freshness: { state: "fresh" },
        patch: { state: "applied", on_disk, newest: { package: "n", version: "1-2" }, loaded },
        advice: { action: "enable-at-boot", kernel: null },
});

async function mends_what_says_no() {
        const { for_advice } = await page_module("remedy.ts");
        const { chain_of } = await page_module("chain.ts");
        const option = "grubby --update-kernel=DEFAULT --remove-args=kpatch.enable=0";
        const service = "systemctl enable kpatch.service";
        const plan = "klpctl plan";
        const cases = [
                ["service", {}, {}, service, service],
                ["option", {}, {}, option, option],
                ["file", {}, {}, "dnf reinstall p", "dnf reinstall p"],
                ["file", { package: "p; reboot" }, {}, plan, plan],
                /* Another version's file is none of its own. */
                ["file", {}, { on_disk: "1-1" }, "dnf install n", "dnf install n"],
                ["service", {}, { on_disk: "1-1" }, "dnf install n", service],
                ["service", {}, { vendor: "amazon" }, service, service],
                ["file", {}, { vendor: "suse" }, plan, plan],
                ["moon", {}, {}, plan, plan],
                [null, {}, {}, plan, plan],
        ];

        for (const [obstacle, patch, host, in_chain, advised] of cases) {
                const description = host_with([patch_lost_by(obstacle, patch)], host);
                const what = JSON.stringify([obstacle, patch, host]);

                assert.equal(chain_of(description).find(({ id }) => id === "reboot").command, in_chain, what);
                assert.equal(for_advice(description), advised, what);
        }
        const kept = patch_lost_by("file", { package: "kept" });
        const gone = patch_lost_by("file", { package: "gone", version: "1-1" });
        const fine = patch_lost_by(null, { package: "fine", version: "1-3" });
        for (const loaded of [[kept, gone, fine], [gone, fine, kept], [fine, kept, gone]])
                assert.equal(for_advice(host_with(loaded)), "dnf reinstall kept");
}

async function next_kernel_without_patch() {
        const { chain_of } = await page_module("chain.ts");
        const reboot_of = (patch) => chain_of(host_with([patch])).find(({ id }) => id === "reboot");

        assert.deepEqual([reboot_of(patch_lost_by(null, { survives_reboot_kernel: "k" }))].map(({ mark, word, command }) => [mark, word, command]),
                [["warning", "None on disk", "klpctl kernels"]]);
        assert.equal(reboot_of(patch_lost_by("service")).word, "");
}

const tests = [
        ["the same sources give the same bytes, wherever they are", built_twice],
        ["every catalogue has every message, with the same places for names", translated],
        ["the lock file names no registry, and pins each package", no_registry],
        ["every word of the daemon has its wording on the page", every_word],
        ["the command mends what keeps a live patch from coming back", mends_what_says_no],
        ["a next kernel without a live patch has none, and is not behind", next_kernel_without_patch],
];
let n_failed = 0;

console.log(`1..${tests.length}`);
for (const [index, [sentence, test]] of tests.entries()) {
        try {
                await test();
                console.log(`ok ${index + 1} - ${sentence}`);
        } catch (error) {
                n_failed++;
                for (const line of String(error.stack ?? error).concat(error.stdout ?? "").split("\n")) console.log(`# ${line}`);
                console.log(`not ok ${index + 1} - ${sentence}`);
        }
}
process.exitCode = n_failed > 0 ? 1 : 0;
