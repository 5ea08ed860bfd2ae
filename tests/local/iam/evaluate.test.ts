import assert from "node:assert/strict";

import fc from "fast-check";

import { evaluate, type Question } from "../../../local/iam/evaluate";
import { parseIdentityPolicy, parseTrustPolicy, parsePolicy, type Policy } from "../../../local/iam/policy";

type Statement = Record<string, unknown>;

function policy(...statements: Statement[]): Policy {
    return parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
}

const TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
const ROLE = "arn:aws:iam::123456789012:role/app";
const SESSION = "arn:aws:sts::123456789012:assumed-role/app/one";

const allow: Statement = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: TABLE };
const deny: Statement = { ...allow, Effect: "Deny" };

function ask(question: Partial<Question>): boolean {
    return evaluate({
        requester: { type: "AWS", name: SESSION, roleArn: ROLE },
        action: "dynamodb:GetItem",
        resource: TABLE,
        context: new Map(),
        identityPolicies: [],
        ...question,
    }).allowed;
}

/** A single identity policy of one statement. */
function may(statement: Statement, question: Partial<Question> = {}): boolean {
    return ask({
        identityPolicies: [policy({ Effect: "Allow", Action: "*", Resource: "*", ...statement })],
        ...question,
    });
}

function context(values: Record<string, string[]>): Question["context"] {
    return new Map(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]));
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
describe("policy evaluation", () => {
    it("denies what nobody allows", () => {
        assert.equal(ask({}), false);
        assert.equal(ask({ identityPolicies: [policy(allow)], action: "dynamodb:PutItem" }), false);
        assert.equal(ask({ identityPolicies: [policy(allow)], resource: `${TABLE}/index/x` }), false);
    });

    it("lets an explicit deny win wherever it stands", () => {
        const everywhere = { ...deny, Principal: "*" };
        assert.equal(ask({ identityPolicies: [policy(allow)] }), true);
        assert.equal(ask({ identityPolicies: [policy(allow), policy(deny)] }), false);
        assert.equal(ask({ identityPolicies: [policy(allow)], resourcePolicy: policy(everywhere) }), false);
        assert.equal(ask({ identityPolicies: [policy(allow)], boundary: policy(allow, deny) }), false);
        assert.equal(ask({ identityPolicies: [policy(allow)], sessionPolicy: policy(allow, deny) }), false);
    });

    it("limits identity policies by boundary and session policy", () => {
        const identityPolicies = [policy(allow)];
        assert.equal(ask({ identityPolicies, boundary: policy(allow), sessionPolicy: policy(allow) }), true);
        assert.equal(ask({ identityPolicies, boundary: policy() }), false);
        assert.equal(ask({ identityPolicies, sessionPolicy: policy() }), false);
    });

    it("takes a resource policy for enough in the same account", () => {
        const cases: [unknown, boolean][] = [
            [{ AWS: SESSION }, true],
            [{ AWS: ROLE }, true],
            ["*", true],
            [{ AWS: "arn:aws:iam::123456789012:role/other" }, false],
            // An account leaves it to its own policies.
            [{ AWS: "123456789012" }, false],
            [{ AWS: "arn:aws:iam::123456789012:root" }, false],
            [{ Service: "lambda.amazonaws.com" }, false],
        ];
        for (const [Principal, expected] of cases) {
            assert.equal(ask({ resourcePolicy: policy({ ...allow, Principal }) }), expected, JSON.stringify(Principal));
        }
    });

    it("does not let a resource policy that names the role exceed the boundary, but the session", () => {
        const named = (arn: string): Policy => policy({ ...allow, Principal: { AWS: arn } });
        assert.equal(ask({ resourcePolicy: named(ROLE), boundary: policy() }), false);
        assert.equal(ask({ resourcePolicy: named(SESSION), boundary: policy() }), true);
    });

    it("judges services by the resource policy alone", () => {
        const requester = { type: "Service", name: "apigateway.amazonaws.com" } as const;
        const resourcePolicy = policy({ ...allow, Principal: { Service: "apigateway.amazonaws.com" } });
        assert.equal(ask({ requester, resourcePolicy }), true);
        assert.equal(
            ask({ requester, resourcePolicy: policy({ ...allow, Principal: { Service: "sns.amazonaws.com" } }) }),
            false,
        );
    });

    it("matches actions whatever their case and resources to the letter", () => {
        assert.equal(may({ Action: "DYNAMODB:getitem" }), true);
        assert.equal(may({ Action: "dynamodb:Get*" }), true);
        assert.equal(may({ Action: "dynamodb:G?tItem" }), true);
        assert.equal(may({ Resource: TABLE.toUpperCase() }), false);
        assert.equal(may({ Resource: "arn:aws:dynamodb:*:*:table/ord*" }), true);
    });

    it("turns NotAction and NotResource round", () => {
        assert.equal(may({ Action: undefined, NotAction: "dynamodb:PutItem" }), true);
        assert.equal(may({ Action: undefined, NotAction: "dynamodb:*" }), false);
        assert.equal(may({ Resource: undefined, NotResource: TABLE }), false);
        const others = policy({ ...deny, NotPrincipal: { AWS: ROLE } });
        assert.equal(ask({ identityPolicies: [policy(allow)], resourcePolicy: others }), true);
    });

    it("fills in policy variables and never matches without their value", () => {
        const statement = { Resource: "arn:aws:dynamodb:eu-west-1:123456789012:table/${aws:username}" };
        assert.equal(may(statement, { context: context({ "aws:username": ["orders"] }) }), true);
        assert.equal(may(statement), false);
        // What a variable brings along is no wildcard, and no variable.
        assert.equal(may(statement, { context: context({ "aws:username": ["*"] }) }), false);
        const echo = { Condition: { StringLike: { "s3:prefix": "${aws:username}" } } };
        for (const name of ["*", "${s3:prefix}"]) {
            assert.equal(may(echo, { context: context({ "aws:username": [name], "s3:prefix": ["x"] }) }), false);
        }
    });

    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    it("knows defaults of variables, escaped wildcards, and that the older version has no variables", () => {
        const named = (name: string): Statement => ({
            Resource: `arn:aws:dynamodb:eu-west-1:123456789012:table/${name}`,
        });
        assert.equal(may(named("${aws:PrincipalTag/team, 'orders'}")), true);
        assert.equal(may(named("${*}")), false);
        assert.equal(may(named("${*}"), { resource: TABLE.replace("orders", "*") }), true);
        const old = parsePolicy(JSON.stringify({ Statement: { ...allow, ...named("${aws:username}") } }));
        const asked = { identityPolicies: [old], context: context({ "aws:username": ["orders"] }) };
        assert.equal(ask(asked), false);
        assert.equal(ask({ ...asked, resource: TABLE.replace("orders", "${aws:username}") }), true);
    });

    it("names the policy that decided", () => {
        const by = (question: Partial<Question>): string => {
            const decision = evaluate({
                requester: { type: "AWS", name: SESSION, roleArn: ROLE },
                action: "dynamodb:GetItem",
                resource: TABLE,
                context: new Map(),
                identityPolicies: [policy({ ...allow, Sid: "read" })],
                ...question,
            });
            return `${decision.allowed ? "allow" : decision.explicit ? "deny" : "nothing"} ${decision.by}`;
        };
        assert.equal(by({}), "allow identity-based policy");
        assert.equal(by({ boundary: policy() }), "nothing permissions boundary");
        assert.equal(by({ sessionPolicy: policy() }), "nothing session policy");
        assert.equal(by({ boundary: policy(deny) }), "deny permissions boundary");
        // What no identity policy allows is not for the boundary to be blamed for.
        assert.equal(by({ identityPolicies: [], boundary: policy() }), "nothing identity-based policy");
        assert.equal(by({ resourcePolicy: policy({ ...deny, Principal: "*" }) }), "deny resource-based policy");
    });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe("conditions", () => {
    const cases: [Record<string, Record<string, unknown>>, Record<string, string[]>, boolean][] = [
        [{ StringEquals: { "aws:username": ["ada", "grace"] } }, { "aws:username": ["grace"] }, true],
        [{ StringEquals: { "aws:username": "ada" } }, { "aws:username": ["Ada"] }, false],
        [{ StringEquals: { "AWS:UserName": "ada" } }, { "aws:username": ["ada"] }, true],
        [{ StringEquals: { "aws:username": "ada" } }, {}, false],
        [{ StringEqualsIfExists: { "aws:username": "ada" } }, {}, true],
        [{ StringNotEquals: { "aws:username": "ada" } }, {}, true],
        [{ StringNotEquals: { "aws:username": ["ada", "eve"] } }, { "aws:username": ["eve"] }, false],
        [{ StringEqualsIgnoreCase: { "aws:username": "ADA" } }, { "aws:username": ["ada"] }, true],
        [{ StringLike: { "s3:prefix": "home/*" } }, { "s3:prefix": ["home/ada"] }, true],
        [
            { StringLike: { "s3:prefix": "home/${aws:username}/*" } },
            { "s3:prefix": ["home/a/x"], "aws:username": ["a"] },
            true,
        ],
        [{ StringNotLike: { "s3:prefix": "home/*" } }, { "s3:prefix": ["home/ada"] }, false],
        [{ NumericLessThanEquals: { "s3:max-keys": "10" } }, { "s3:max-keys": ["10"] }, true],
        [{ NumericGreaterThan: { "s3:max-keys": "10" } }, { "s3:max-keys": ["9"] }, false],
        [
            { DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } },
            { "aws:CurrentTime": ["2026-06-01T00:00:00Z"] },
            true,
        ],
        [{ DateLessThan: { "aws:EpochTime": "1000" } }, { "aws:EpochTime": ["999"] }, true],
        [{ Bool: { "aws:SecureTransport": "false" } }, { "aws:SecureTransport": ["true"] }, false],
        [{ Bool: { "aws:SecureTransport": true } }, { "aws:SecureTransport": ["true"] }, true],
        [{ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, { "aws:SourceIp": ["203.0.113.9"] }, true],
        [{ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, { "aws:SourceIp": ["198.51.100.1"] }, false],
        [{ NotIpAddress: { "aws:SourceIp": "203.0.113.7" } }, { "aws:SourceIp": ["203.0.113.7"] }, false],
        [{ IpAddress: { "aws:SourceIp": "2001:db8::/32" } }, { "aws:SourceIp": ["2001:db8::1"] }, true],
        [
            { ArnLike: { "aws:SourceArn": "arn:aws:execute-api:*:*:api/*/GET/x" } },
            { "aws:SourceArn": ["arn:aws:execute-api:eu:1:api/live/GET/x"] },
            true,
        ],
        [{ ArnEquals: { "aws:SourceArn": "arn:aws:sns:*" } }, { "aws:SourceArn": ["arn:aws:sns:eu:1:topic"] }, false],
        [{ Null: { "aws:TokenIssueTime": "true" } }, {}, true],
        [{ Null: { "aws:TokenIssueTime": "false" } }, {}, false],
        [
            { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["a", "b"] } },
            { "dynamodb:Attributes": ["a"] },
            true,
        ],
        [
            { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["a", "b"] } },
            { "dynamodb:Attributes": ["a", "c"] },
            false,
        ],
        [{ "ForAllValues:StringEquals": { "dynamodb:Attributes": ["a"] } }, {}, true],
        [{ "ForAnyValue:StringEquals": { "dynamodb:Attributes": ["a"] } }, { "dynamodb:Attributes": ["c", "a"] }, true],
        [{ "ForAnyValue:StringEquals": { "dynamodb:Attributes": ["a"] } }, {}, false],
        [{ "ForAllValues:StringNotEquals": { "aws:TagKeys": ["a"] } }, { "aws:TagKeys": ["b", "a"] }, false],
        [{ "ForAnyValue:StringNotEquals": { "aws:TagKeys": ["a"] } }, { "aws:TagKeys": ["b", "a"] }, true],
        [{ "ForAnyValue:StringNotEquals": { "aws:TagKeys": ["a"] } }, {}, false],
        [
            { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/${aws:PrincipalTag/team}-*" } },
            { "aws:PrincipalArn": ["arn:aws:iam::1:role/a-x"], "aws:PrincipalTag/team": ["a"] },
            true,
        ],
        [
            { ArnEquals: { "aws:SourceArn": "${aws:PrincipalArn}" } },
            { "aws:SourceArn": ["arn:aws:iam::1:role/ab"], "aws:PrincipalArn": ["arn:aws:iam::1:role/*"] },
            false,
        ],
        [{ ArnLike: { "aws:SourceArn": "arn:aws:s3:::b" } }, { "aws:SourceArn": ["arn:aws:s3:::b:c"] }, false],
        [{ BinaryEquals: { k: "QmluYXJ5" } }, { k: ["QmluYXJ5"] }, true],
        [{ StringEquals: { a: "1" }, NumericEquals: { b: 2 } }, { a: ["1"], b: ["2"] }, true],
        [{ StringEquals: { a: "1" }, NumericEquals: { b: 2 } }, { a: ["1"], b: ["3"] }, false],
    ];
    for (const [Condition, values, expected] of cases) {
        it(`${JSON.stringify(Condition)} is ${expected} for ${JSON.stringify(values)}`, () => {
            assert.equal(may({ Condition }, { context: context(values) }), expected);
        });
    }
});

describe("policy documents", () => {
    it("that are malformed are refused, saying what is wrong", () => {
        const cases: [unknown, RegExp][] = [
            ["{", /not valid JSON/],
            ["[]", /must be a JSON object/],
            [{ Version: "2020-01-01", Statement: [] }, /Version must be/],
            [{ Statement: [{ Effect: "Permit", Action: "*", Resource: "*" }] }, /Effect Allow or Deny/],
            [{ Statement: [{ Effect: "Allow", Resource: "*" }] }, /either Action or NotAction/],
            [
                { Statement: [{ Effect: "Allow", Action: "*", NotAction: "*", Resource: "*" }] },
                /both Action and NotAction/,
            ],
            [{ Statement: [{ ...allow, Condition: { StringSame: { a: "b" } } }] }, /StringSame does not exist/],
            [{ Statement: [{ ...allow, Principal: { Group: "x" } }] }, /cannot be Group/],
            [{ Statement: [{ ...allow, Action: [{}] }] }, /must be a text/],
            [{ Statement: [{ ...allow, Action: "GetItem" }] }, /GetItem must begin with its service/],
            [{ Statement: [{ ...allow, Resources: "*" }] }, /unknown element Resources/],
            [{ Statement: [{ ...allow, Condition: { NumericEquals: { a: "b" } } }] }, /b is not a number/],
            [{ Statement: [{ ...allow, Condition: { DateLessThan: { a: "soon" } } }] }, /soon is not a date/],
            [{ Statement: [{ ...allow, Condition: { IpAddress: { a: "10.0.0.0/64" } } }] }, /malformed/],
            [{ Version: "2012-10-17" }, /no Statement/],
        ];
        for (const [document, message] of cases) {
            const text = typeof document === "string" ? document : JSON.stringify(document);
            assert.throws(() => parsePolicy(text), { name: "MalformedPolicyDocument", message });
        }
    });

    it("must be of the kind that their place asks for", () => {
        const text = (statement: Statement): string => JSON.stringify({ Statement: statement });
        const trust = { Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" };
        parseIdentityPolicy(text(allow));
        parseTrustPolicy(text(trust));
        assert.throws(() => parseIdentityPolicy(text({ ...allow, Principal: "*" })), /must not name a Principal/);
        assert.throws(() => parseIdentityPolicy(text({ ...allow, Resource: undefined })), /either Resource or/);
        assert.throws(() => parseTrustPolicy(text({ ...trust, Principal: undefined })), /needs a Principal/);
        assert.throws(() => parseTrustPolicy(text({ ...trust, Resource: "*" })), /must not name a Resource/);
    });
});

describe("laws of evaluation", () => {
    const action = fc.constantFrom("dynamodb:GetItem", "dynamodb:PutItem", "s3:GetObject");
    const statement = fc.record({
        Effect: fc.constantFrom("Allow", "Deny"),
        Action: fc.constantFrom("*", "dynamodb:*", "dynamodb:GetItem", "s3:Get*"),
        Resource: fc.constantFrom("*", TABLE, "arn:aws:s3:::bucket/*"),
    });
    const statements = fc.array(statement, { maxLength: 4 });

    it("the order of statements does not matter", () => {
        fc.assert(
            fc.property(statements, action, (list, asked) => {
                const answer = (order: Statement[]): boolean =>
                    ask({ action: asked, identityPolicies: [policy(...order)] });
                assert.equal(answer(list), answer([...list].reverse()));
            }),
        );
    });

    it("one more Deny never allows more, one more Allow never less where nothing denies", () => {
        fc.assert(
            fc.property(statements, statement, action, (list, more, asked) => {
                const before = ask({ action: asked, identityPolicies: [policy(...list)] });
                const after = ask({ action: asked, identityPolicies: [policy(...list, more)] });
                if (more.Effect === "Deny") assert.ok(!after || before);
                else assert.ok(!before || after);
            }),
        );
    });

    it("a boundary never allows what the identity policies do not", () => {
        fc.assert(
            fc.property(statements, statements, action, (list, limits, asked) => {
                const identityPolicies = [policy(...list)];
                const free = ask({ action: asked, identityPolicies });
                const bounded = ask({ action: asked, identityPolicies, boundary: policy(...limits) });
                assert.ok(!bounded || free);
            }),
        );
    });
});
