import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { zipSync } from "fflate";

import type { Graph } from "../../../graph/model";
import { ofType, withApiFirst } from "./graphs";

/** Zipped, as Lambda gets it. */
const BUDGET_BYTES = 200_000;

describe("the functions' bundles", () => {
    let graph: Graph;

    before(async () => {
        graph = await withApiFirst({ auth: "lambda" });
    });

    function filesOf(name: string): Map<string, Buffer> {
        const fn = ofType(graph, "aws:lambda/function:Function").find((each) => each.name === name);
        const { $archive } = fn?.inputs["code"] as {
            $archive: { assets: Record<string, { $asset: { path: string } }> };
        };
        return new Map(Object.entries($archive.assets).map(([file, { $asset }]) => [file, readFileSync($asset.path)]));
    }

    it("keep within their budget", () => {
        for (const { name } of ofType(graph, "aws:lambda/function:Function")) {
            const zipped = zipSync(Object.fromEntries(filesOf(name)), { level: 9 });
            assert.ok(zipped.length < BUDGET_BYTES, `${name}: ${zipped.length} bytes`);
        }
    });

    it("hold code and a source map to the project's own files, and no others", () => {
        for (const { name } of ofType(graph, "aws:lambda/function:Function")) {
            const files = filesOf(name);
            assert.deepEqual([...files.keys()].sort(), ["index.js", "index.js.map"]);
            const map = JSON.parse(String(files.get("index.js.map"))) as { sources: string[] };
            assert.ok(!map.sources.some((source) => source.includes("node_modules")));
        }
    });

    it("bring no infrastructure code along", () => {
        for (const { name } of ofType(graph, "aws:lambda/function:Function")) {
            assert.doesNotMatch(String(filesOf(name).get("index.js")), /@pulumi|pulumi:pulumi/);
        }
    });

    it("lie where the deployment finds them, whatever machine it runs on", () => {
        const fn = ofType(graph, "aws:lambda/function:Function")[0];
        const path = /"path":"([^"]+)"/.exec(JSON.stringify(fn?.inputs["code"]))?.[1] ?? "";
        assert.match(path, /^\.quintet\/bundles\//);
        assert.ok(readdirSync(join(path, "..")).includes("index.js"));
    });
});
