import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expand } from "../../../graph/expand";
import { ExpansionError } from "../../../graph/expanders";
import type { GraphValue, Properties, Resource } from "../../../graph/model";
import { makeUrn } from "../../../graph/urn";

const REGION = "eu-central-1";
const REST_API = "aws-apigateway:index:RestAPI";

interface Registration {
    type: string;
    name: string;
    parent: string | null;
    inputs: Properties;
    dependencies: string[];
}

/** What the engine recorded when it ran the real plugin. */
const recorded = JSON.parse(
    readFileSync(join(__dirname, "..", "..", "fixtures", "remote-components.json"), "utf8"),
) as Record<string, { registrations: Registration[] }>;

function resource(type: string, name: string, more: Partial<Resource> = {}): Resource {
    return {
        urn: makeUrn("dev", "test", undefined, type, name),
        type,
        name,
        custom: true,
        inputs: {},
        outputs: {},
        id: "",
        dependencies: [],
        propertyDependencies: {},
        protect: false,
        retainOnDelete: false,
        aliases: [],
        ignoreChanges: [],
        expanded: false,
        ...more,
    };
}

const functionArn = `arn:aws:lambda:${REGION}:123456789012:function:fn-3e0681e`;
const fn = resource("aws:lambda/function:Function", "fn", {
    id: "fn-3e0681e",
    outputs: {
        name: "fn-3e0681e",
        arn: functionArn,
        invokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    },
});

/** The recording names resources as inputs by type and name. */
function withReferences(value: GraphValue): GraphValue {
    if (Array.isArray(value)) return value.map(withReferences);
    if (typeof value !== "object" || value === null) return value;
    if (value["$resource"] === "aws:lambda/function:Function::fn") return { $resource: fn.urn, id: fn.id };
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withReferences(member)]));
}

function expanded(name: string, inputs: Properties): { component: Resource; children: Resource[] } {
    const component = resource(REST_API, name, { custom: false, inputs: withReferences(inputs) as Properties });
    const children = expand(component, REGION, (urn) => (urn === fn.urn ? fn : undefined));
    return { component, children };
}

const TARGET = { uri: "https://example.com" };

function authorizer(name?: string, header = "Authorization"): Properties {
    return {
        ...(name === undefined ? {} : { authorizerName: name }),
        parameterName: header,
        identitySource: [`method.request.header.${header}`],
        providerARNs: [`arn:aws:cognito-idp:${REGION}:123456789012:userpool/${REGION}_0b97ecfb8`],
    };
}

interface Body {
    securityDefinitions: Properties;
    paths: Record<string, Record<string, { security?: GraphValue }>>;
}

function bodyOf(children: Resource[]): Body {
    const api = children.find(({ type }) => type.endsWith(":RestApi"));
    return JSON.parse(String(api?.inputs["body"])) as Body;
}

/**
 * Stand-ins that the engine or AWS chose when it was recorded: ids, names with the engine's hex digits, and the hash of a
 * deployment, which covers values that only AWS knows.
 */
function withoutStandIns(inputs: Properties): string {
    const { name, ...rest } = inputs;
    const text = JSON.stringify(sorted(/-[0-9a-f]{7}$/.test(String(name)) || name === undefined ? rest : inputs))
        .replace(/custom-authorizer-role-[0-9a-f]{7}/g, "<role>")
        .replace(/:123456789012:[0-9a-z]{10}\//g, ":123456789012:<api>/")
        .replace(/"restApi":"\w+"/g, '"restApi":"<api>"')
        .replace(/"deployment":"\w+"/g, '"deployment":"<deployment>"')
        .replace(/"version":"[0-9a-f]{8}"/g, '"version":"<hash>"');
    // The plugin's text of this policy is laid out in lines.
    return text.replace(/"policy":"((?:[^"\\]|\\.)*)"/g, (_, policy: string) =>
        policy.replace(/\\n| /g, "").replace(/\\"/g, '"'),
    );
}

function sorted(value: GraphValue): GraphValue {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.keys(value)
            .sort()
            .map((key) => [key, sorted(value[key] ?? null)]),
    );
}

describe("the expansion of aws-apigateway's RestAPI", () => {
    for (const use of ["api-raw", "api-plain", "api-guarded"]) {
        describe(use, () => {
            const [component, ...registered] = recorded[use]?.registrations ?? [];
            const { children } = expanded(use, component?.inputs ?? {});
            const key = ({ type, name }: { type: string; name: string }): string => `${type} ${name}`;

            it("registers the same resources", () => {
                assert.deepEqual(children.map(key).sort(), registered.map(key).sort());
            });

            for (const expected of registered) {
                it(`gives ${key(expected)} the same inputs and dependencies`, () => {
                    const child = children.find((each) => key(each) === key(expected));
                    assert.ok(child);
                    assert.equal(withoutStandIns(child.inputs), withoutStandIns(expected.inputs));
                    const names = child.dependencies.map((urn) => urn.split("::").at(-1));
                    assert.deepEqual(names.sort(), [...expected.dependencies].sort());
                    assert.equal(child.parent, makeUrn("dev", "test", undefined, REST_API, use));
                    assert.equal(child.expanded, true);
                });
            }
        });
    }

    it("gives the component its outputs", () => {
        const { component, children } = expanded("api-raw", recorded["api-raw"]?.registrations[0]?.inputs ?? {});
        const api = children.find(({ type }) => type.endsWith(":RestApi"));
        assert.equal(component.outputs["url"], `https://${api?.id}.execute-api.${REGION}.amazonaws.com/live/`);
        assert.deepEqual(component.outputs["api"], { $resource: api?.urn, id: api?.id });
    });

    it("passes tags on to the API and its stage", () => {
        const { children } = expanded("tagged", { swaggerString: "{}", tags: { owner: "a" } });
        const tagged = children.filter(({ inputs }) => JSON.stringify(inputs["tags"]) === '{"owner":"a"}');
        assert.deepEqual(tagged.map(({ type }) => type.split(":").at(-1)).sort(), ["RestApi", "Stage"]);
    });

    it("makes a new deployment when the definition changes", () => {
        const versions = ["1", "2"].map((version) => {
            const { children } = expanded("api", { swaggerString: JSON.stringify({ info: { version } }) });
            return JSON.stringify(children.find(({ type }) => type.endsWith(":Deployment"))?.inputs["variables"]);
        });
        assert.notEqual(versions[0], versions[1]);
    });

    it("defines an authorizer without a name once for both paths of a proxy", () => {
        const { children } = expanded("api", {
            routes: [{ path: "/http", target: TARGET, authorizers: [authorizer()] }],
        });
        const body = bodyOf(children);
        assert.deepEqual(Object.keys(body.securityDefinitions), ["api-authorizer-0"]);
        const security = Object.values(body.paths).map((path) => path["x-amazon-apigateway-any-method"]?.security);
        assert.deepEqual(security, [[{ "api-authorizer-0": [] }], [{ "api-authorizer-0": [] }]]);
    });

    it("shares an authorizer of the same name between routes", () => {
        const routes = ["/a", "/b"].map((path) => ({ path, target: TARGET, authorizers: [authorizer("jwt")] }));
        assert.deepEqual(Object.keys(bodyOf(expanded("api", { routes }).children).securityDefinitions), ["jwt"]);
    });

    it("permits a route once, however often it is declared", () => {
        const route = { path: "/x", method: "GET", eventHandler: { $resource: fn.urn, id: fn.id } };
        const { children } = expanded("api", { routes: [route, route] });
        assert.equal(children.filter(({ type }) => type.endsWith(":Permission")).length, 1);
    });

    it("keeps a definition with a secret in it secret", () => {
        const secretText = expanded("api", { swaggerString: { $secret: "{}" } });
        const secretTarget = { uri: { $secret: "https://example.com/key" } };
        const secretRoute = expanded("api", { routes: [{ path: "/http", target: secretTarget }] });
        const bodies = [secretText, secretRoute].map(({ children }) => {
            const api = children.find(({ type }) => type.endsWith(":RestApi"));
            return JSON.stringify(api?.inputs["body"]);
        });
        assert.match(bodies[0] ?? "", /^{"\$secret":".*title/);
        assert.match(bodies[1] ?? "", /^{"\$secret":".*https:\/\/example.com\/key\/{proxy}/);
    });

    it("refuses what it cannot capture, with the way out", () => {
        const cases: [Properties, RegExp][] = [
            [{}, /neither swaggerString nor routes/],
            [{ swaggerString: "{" }, /not valid JSON/],
            [{ swaggerString: "[]" }, /must be a JSON object/],
            [{ routes: [{ method: "GET" }] }, /a route has no path/],
            [
                {
                    routes: [
                        { path: "/a", target: TARGET, authorizers: [authorizer("jwt")] },
                        { path: "/b", target: TARGET, authorizers: [authorizer("jwt", "X-Token")] },
                    ],
                },
                /two different authorizers are called jwt/,
            ],
            [
                {
                    routes: [
                        { path: "/a", target: TARGET, authorizers: [authorizer("api_key")], apiKeyRequired: true },
                    ],
                },
                /give the authorizer another name/,
            ],
            [
                { routes: [{ path: "/files", localPath: "www" }] },
                /route \/files: files served from S3.*bucket of your own/,
            ],
            [
                { routes: [{ path: "/x", method: "BREW", eventHandler: { $resource: fn.urn, id: fn.id } }] },
                /"BREW" is no method/,
            ],
            [{ routes: [{ path: "/x" }] }, /eventHandler, target or data/],
        ];
        for (const [inputs, message] of cases) {
            assert.throws(
                () => expanded("api", inputs),
                (error: Error) => {
                    assert.ok(error instanceof ExpansionError);
                    assert.match(error.message, message);
                    return true;
                },
            );
        }
    });
});
