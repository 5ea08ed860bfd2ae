import assert from "node:assert/strict";

import { helpText, parseOptions, parsePairs, parsePort, type Usage, UsageError } from "../../commands/usage";

const usage: Usage = {
    command: "npm start",
    summary: "Runs it.",
    options: {
        stack: { value: "<name>", help: "The stack." },
        secret: { value: "<key>=<value>", multiple: true, help: "A secret." },
        all: { flag: true, help: "Everything." },
    },
};

describe("the command line", () => {
    it("takes values, repeated values and flags", () => {
        const given = parseOptions(usage, ["--stack", "dev", "--secret", "a=1", "--secret=b=2", "--all"]);
        assert.equal(given.text("stack"), "dev");
        assert.deepEqual(given.list("secret"), ["a=1", "b=2"]);
        assert.equal(given.flag("all"), true);
        assert.equal(given.flag("help"), false);
    });

    it("says what is wrong and where the help is", () => {
        for (const args of [["--stak", "dev"], ["dev"], ["--stack"], ["--all=yes"]]) {
            assert.throws(
                () => parseOptions(usage, args),
                (error: Error) => {
                    assert.ok(error instanceof UsageError);
                    assert.match(error.message, /See: npm start -- --help$/);
                    return true;
                },
            );
        }
    });

    it("explains every option in its help", () => {
        const text = helpText(usage);
        for (const part of ["npm start -- [options]", "--stack <name>", "--secret <key>=<value>", "--all", "--help"]) {
            assert.ok(text.includes(part), part);
        }
    });

    it("takes ports from 0 to 65535", () => {
        assert.equal(parsePort("0"), 0);
        assert.equal(parsePort("65535"), 65_535);
        for (const wrong of ["65536", "-1", "http", "", "80.5"]) assert.throws(() => parsePort(wrong), /--port takes/);
    });

    it("takes pairs whose values hold an equals sign", () => {
        assert.deepEqual(parsePairs("secret", ["a:b=c=d"]), { "a:b": "c=d" });
        assert.throws(() => parsePairs("secret", ["novalue"]), /<key>=<value>, not "novalue"/);
    });
});
