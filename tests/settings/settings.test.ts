import assert from "node:assert/strict";

import fc from "fast-check";

import { parseSettings, type Settings } from "../../settings";
import { nearest, SettingsError } from "../../settings/problems";

function parse(architectures: unknown, more: Record<string, string> = {}): Settings {
    return parseSettings(
        { "quintet:architectures": JSON.stringify(architectures), "aws:region": "eu-central-1", ...more },
        "test",
    );
}

function problems(run: () => unknown): string[] {
    try {
        run();
    } catch (error) {
        assert.ok(error instanceof SettingsError, String(error));
        return error.problems;
    }
    assert.fail("No problem was found.");
}

describe("settings", () => {
    it("give an architecture its defaults when it is only switched on", () => {
        for (const on of [true, "true", null, {}]) {
            const { apiFirst } = parse({ apiFirst: on }).architectures;
            assert.equal(apiFirst?.auth, "cognito");
            assert.deepEqual(apiFirst.throttle, { rate: 50, burst: 100 });
            assert.equal(apiFirst.bodyLimitKiB, 64);
        }
    });

    it("leave out an architecture that is switched off or not named", () => {
        for (const off of [{}, { apiFirst: false }, { apiFirst: "false" }]) {
            assert.equal(parse(off).architectures.apiFirst, undefined);
        }
    });

    it("take numbers and flags that Pulumi's command line stored as text", () => {
        const { apiFirst } = parse({
            apiFirst: { bodyLimitKiB: "128", waf: "true", throttle: { rate: "0.5", burst: "3" } },
        }).architectures;
        assert.equal(apiFirst?.bodyLimitKiB, 128);
        assert.equal(apiFirst.waf, true);
        assert.deepEqual(apiFirst.throttle, { rate: 0.5, burst: 3 });
    });

    it("report every problem at once, each with its key, its value and what is allowed", () => {
        const found = problems(() =>
            parse(
                { apiFirst: { auth: "cognitoo", throttle: { rate: 0, burst: 10_000 }, corsOrigins: [] } },
                { "quintet:protection": "total", "aws:region": "Frankfurt" },
            ),
        );
        const expected: [string, string, string][] = [
            ["quintet:architectures.apiFirst.auth", '"cognitoo"', "cognito, lambda, iam, apiKey"],
            ["quintet:architectures.apiFirst.throttle.rate", "0", "more than 0"],
            ["quintet:architectures.apiFirst.throttle.burst", "10000", "at most 5000"],
            ["quintet:architectures.apiFirst.corsOrigins", "[]", "at least 1"],
            ["quintet:protection", '"total"', "none, standard, strict"],
            ["aws:region", '"Frankfurt"', "such as eu-central-1"],
        ];
        assert.equal(found.length, expected.length, found.join("\n"));
        for (const parts of expected) {
            assert.ok(
                found.some((problem) => parts.every((part) => problem.includes(part))),
                `${parts.join(" … ")} in:\n${found.join("\n")}`,
            );
        }
    });

    it("name the likely key for a misspelt one", () => {
        const cases: [unknown, Record<string, string>, string, string][] = [
            [{ apiFrist: true }, {}, "quintet:architectures.apiFrist", "Did you mean apiFirst?"],
            [{ apiFirst: { throtle: {} } }, {}, "quintet:architectures.apiFirst.throtle", "Did you mean throttle?"],
            [{}, { "quintet:protecton": "none" }, "quintet:protecton", "Did you mean quintet:protection?"],
        ];
        for (const [architectures, more, key, hint] of cases) {
            const [problem] = problems(() => parse(architectures, more));
            assert.ok(problem?.includes(key) && problem.includes(hint), problem);
        }
    });

    it("say what a wrongly named route should look like", () => {
        const [problem] = problems(() =>
            parse({ apiFirst: { routeThrottle: { "v1/orders": { rate: 1, burst: 1 } } } }),
        );
        assert.match(problem ?? "", /routeThrottle\.v1\/orders.*must be a method and a path/);
    });

    it("need a region", () => {
        assert.match(
            problems(() => parseSettings({ "quintet:architectures": "{}" }, "test")).join(),
            /aws:region is missing/,
        );
    });

    it("leave other projects' keys alone", () => {
        assert.doesNotThrow(() => parse({}, { "aws:profile": "work", "other:key": "value" }));
    });
});

describe("the nearest name", () => {
    it("is the name itself where it is known", () => {
        const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,12}$/), { minLength: 1 });
        fc.assert(fc.property(names, (known) => known.every((name) => nearest(name, known) === name)));
    });

    it("survives one swapped pair of letters", () => {
        const name = fc.stringMatching(/^[a-z]{5,12}$/);
        fc.assert(
            fc.property(name, fc.nat(3), (original, at) => {
                const swapped =
                    original.slice(0, at) + original.charAt(at + 1) + original.charAt(at) + original.slice(at + 2);
                assert.equal(nearest(swapped, [original]), original);
            }),
        );
    });

    it("is none where nothing is close", () => {
        assert.equal(nearest("kinesis", ["auth", "throttle"]), undefined);
    });
});
