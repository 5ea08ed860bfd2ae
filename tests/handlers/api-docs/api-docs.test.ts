import assert from "node:assert/strict";

import fc from "fast-check";

import { apiDocs, handler } from "../../../handlers/api-docs/api-docs";
import { Html, html } from "../../../handlers/api-docs/html";
import { operations } from "../../../schemas/orders/operations";
import { apiEvent } from "../events";

function served(resource: string, headers: Record<string, string> = {}) {
    return apiDocs(apiEvent({ method: "GET", resource, headers: { Host: "api.example.com", ...headers } }), "cognito");
}

function serverUrl(headers: Record<string, string>): string {
    const document = JSON.parse(served("/openapi.json", headers).body) as { servers: { url: string }[] };
    return document.servers[0]?.url ?? "";
}

describe("the API's documentation", () => {
    it("names the URL at which it was called", () => {
        assert.equal(serverUrl({}), "https://api.example.com/live");
        assert.equal(
            serverUrl({ "X-Forwarded-Proto": "http", "X-Forwarded-Prefix": "/_api/a1" }),
            "http://api.example.com/_api/a1/live",
        );
    });

    it("does not repeat headers that make no URL", () => {
        assert.equal(serverUrl({ "X-Forwarded-Prefix": '/"><script>' }), "https://api.example.com/live");
        assert.equal(serverUrl({ "X-Forwarded-Proto": "javascript" }), "https://api.example.com/live");
    });

    it("has every operation on its page, with a link to it and a command to try", () => {
        const page = served("/docs").body;
        for (const { id, version, path } of operations) {
            const anchor = id + version.toUpperCase();
            assert.ok(page.includes(`id="${anchor}"`) && page.includes(`href="#${anchor}"`), anchor);
            assert.ok(page.includes(`&#39;https://api.example.com/live${path}&#39;`), path);
        }
    });

    it("has no dead links on its page", () => {
        const page = served("/docs").body;
        const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
        for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(target), target);
    });

    it("needs to know how callers authenticate", () => {
        delete process.env["API_AUTH"];
        assert.throws(() => handler(), /API_AUTH must be/);
    });
});

describe("a template of HTML", () => {
    it("escapes every text and leaves markup as it is", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                const { text: made } = html`<p title="${text}">${text}</p>
                    ${new Html("<br>")}`;
                assert.equal([...made.matchAll(/[<>"]/g)].length, 8);
                assert.ok(made.endsWith("<br>"));
            }),
        );
    });
});
