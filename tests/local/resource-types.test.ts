import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { LocalCloud } from "../../local/cloud";

describe("the local cloud's page", () => {
    it("lists the types of resources that run, and no others", async () => {
        const cloud = await LocalCloud.start({ region: "eu-west-1", account: "123456789012", port: 0 });
        const runs = cloud.resourceTypes.map((type) => type.replace(/^aws:(\w+)\/\w+:(\w+)$/, "$1.$2"));
        await cloud.close();
        const page = readFileSync(join(__dirname, "..", "..", "docs", "local-cloud.md"), "utf8");
        const rows = [...page.matchAll(/^\| `aws\.(\w+)` \| (.+) \|$/gm)];
        const listed = rows.flatMap(([, module, names = ""]) =>
            names.split(", ").map((name) => `${module ?? ""}.${name.replace(/`/g, "")}`),
        );
        assert.deepEqual(listed.sort(), runs.sort());
    });
});
