/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Bundles the page: bundle.mjs FOLDER. One script and one style sheet, as Cockpit wants them; the fonts are those that
 * Cockpit serves itself. Nothing of the machine, its time or its folders gets into the files.
 */

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { find_messages, manifest_texts, read_po, write_script } from "./catalogue.mjs";

const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = process.argv[2];

if (!out) throw new Error("bundle.mjs FOLDER");

/* The rules of a style sheet, each with its blanks in front and whatever is inside its braces. */
function outer_blocks(text) {
        const blocks = [];
        let depth = 0;
        let start = 0;

        for (let i = 0; i < text.length; i++)
                if (text[i] === "{") depth++;
                else if (text[i] === "}" && --depth === 0) {
                        blocks.push(text.slice(start, i + 1));
                        start = i + 1;
                }
        return [...blocks, text.slice(start)];
}

/*
 * PatternFly's style sheets without what no Cockpit page shows: fonts and fonts of icons of its own (src/fonts.css names
 * Cockpit's in their place), and themes other than light and dark, which are more than half of the whole.
 */
const UNUSED = /^\s*@font-face|pficon|\.fa-|\.pf-v6-theme-(felt|glass|high-contrast)/;
const trimmed_patternfly = {
        name: "trimmed-patternfly",
        setup(build) {
                build.onLoad({ filter: /@patternfly\/.*\.css$/ }, async ({ path: file }) => ({
                        contents: outer_blocks(await fs.promises.readFile(file, "utf8"))
                                .filter((block) => !UNUSED.test(block.slice(0, block.indexOf("{"))))
                                .join("")
                                .replace(/var\([-a-z]+, url\("\.\/assets\/images\/[^"]*"\)\)/g, "none"),
                        loader: "css",
                }));
                build.onResolve({ filter: /static\/fonts\// }, ({ path: file }) => ({ path: file, external: true }));
        },
};

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });

const { metafile } = await esbuild.build({
        absWorkingDir: here,
        entryPoints: { index: "src/index.tsx" },
        outdir: out,
        bundle: true,
        minify: true,
        metafile: true,
        format: "iife",
        target: ["es2021", "chrome90", "firefox91", "safari15"],
        jsx: "automatic",
        legalComments: "linked",
        define: { "process.env.NODE_ENV": '"production"' },
        plugins: [trimmed_patternfly],
        logLevel: "warning",
});

for (const name of ["index.html", "manifest.json"]) fs.copyFileSync(path.join(here, "src", name), path.join(out, name));

const known = new Set(find_messages(path.join(here, "src")).map(({ id }) => id));
const of_manifest = new Set(manifest_texts(JSON.parse(fs.readFileSync(path.join(here, "src/manifest.json"), "utf8"))));
for (const name of fs.readdirSync(path.join(here, "po"))) {
        if (!name.endsWith(".po")) continue;
        const language = name.slice(0, -3);
        const catalogue = read_po(fs.readFileSync(path.join(here, "po", name), "utf8"));

        fs.writeFileSync(path.join(out, `po.${language}.js`), write_script(catalogue, language, known));
        fs.writeFileSync(path.join(out, `po.manifest.${language}.js`), write_script(catalogue, language, of_manifest));
}

/* Whose code is in the bundle, with the text of each licence that asks for it. */
const packages = new Set(
        Object.keys(metafile.inputs)
                .map((file) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1])
                .filter(Boolean),
);
const licences = [...packages].sort().map((name) => {
        const folder = path.join(here, "node_modules", name);
        const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
        const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));

        return `${name} ${version} (${license})\n\n${file ? fs.readFileSync(path.join(folder, file), "utf8") : ""}`;
});
fs.writeFileSync(path.join(out, "LICENSES.txt"), licences.join("\n----\n\n"));
