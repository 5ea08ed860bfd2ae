import { ServiceError } from "../errors";
import { type Condition, condition } from "./conditions";
import { type Matcher, wildcard } from "./wildcard";

/** Whom a statement of a resource or trust policy speaks of. */
export interface Principal {
    type: "AWS" | "Service" | "Federated" | "CanonicalUser";
    matches: (value: string) => boolean;
    /** `*` names everybody. */
    everybody: boolean;
    /** Names an account, which leaves it to the account's own policies whom of its identities they let. */
    account: boolean;
}

export interface Statement {
    sid?: string;
    effect: "Allow" | "Deny";
    /** Of an action and a resource; NotAction and NotResource are turned round already. */
    action: Matcher;
    /** Absent in trust policies: they speak of their own role. */
    resource?: Matcher;
    /** Absent in identity policies. */
    principals?: Principal[];
    /** The principals are those whom the statement does not speak of. */
    notPrincipal: boolean;
    conditions: Condition[];
}

/** A policy that is ready to be asked. */
export interface Policy {
    statements: Statement[];
}

type Json = Record<string, unknown>;

const cache = new Map<string, Policy>();

/**
 * Reads a policy document; the same text is read once.
 * @throws ServiceError MalformedPolicyDocument
 */
export function parsePolicy(document: string): Policy {
    let policy = cache.get(document);
    if (policy === undefined) {
        policy = compilePolicy(parseJson(document));
        if (cache.size > 1_000) cache.clear();
        cache.set(document, policy);
    }
    return policy;
}

/**
 * Reads a resource's policy, or any other that must say what resources it is about.
 * @throws ServiceError MalformedPolicyDocument
 */
export function parseResourcePolicy(document: string): Policy {
    const policy = parsePolicy(document);
    if (policy.statements.every(({ resource }) => resource !== undefined)) return policy;
    throw malformed("each statement needs either Resource or NotResource");
}

/**
 * Reads a policy of a role, user or group, or of a session.
 * @throws ServiceError MalformedPolicyDocument
 */
export function parseIdentityPolicy(document: string): Policy {
    if (parsePolicy(document).statements.some(({ principals }) => principals !== undefined)) {
        throw malformed("it is of an identity and must not name a Principal");
    }
    return parseResourcePolicy(document);
}

/**
 * Reads who may assume a role.
 * @throws ServiceError MalformedPolicyDocument
 */
export function parseTrustPolicy(document: string): Policy {
    const policy = parsePolicy(document);
    for (const { principals, resource } of policy.statements) {
        if (principals === undefined) throw malformed("each statement of a trust policy needs a Principal");
        if (resource === undefined) continue;
        throw malformed("a trust policy is about its own role and must not name a Resource");
    }
    return policy;
}

function malformed(problem: string): ServiceError {
    return new ServiceError("MalformedPolicyDocument", `The policy document is malformed: ${problem}.`);
}

function parseJson(document: string): Json {
    let parsed: unknown;
    try {
        parsed = JSON.parse(document);
    } catch {
        throw malformed("it is not valid JSON");
    }
    if (!isObject(parsed)) throw malformed("it must be a JSON object");
    return parsed;
}

function isObject(value: unknown): value is Json {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function compilePolicy(document: Json): Policy {
    const version = document["Version"];
    if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17") {
        throw malformed(`Version must be 2012-10-17 or 2008-10-17, not ${JSON.stringify(version)}`);
    }
    if (document["Statement"] === undefined) throw malformed("it has no Statement");
    // The older version, which is the default, has no variables:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    const variables = version === "2012-10-17";
    return {
        statements: [document["Statement"]].flat().map((statement, at) => {
            if (!isObject(statement)) throw malformed(`statement ${at + 1} must be an object`);
            return compileStatement(statement, `statement ${String(statement["Sid"] ?? at + 1)}`, variables);
        }),
    };
}

const ELEMENTS = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"];

function compileStatement(statement: Json, where: string, variables: boolean): Statement {
    const unknown = Object.keys(statement).find((name) => name !== "Condition" && !ELEMENTS.includes(name));
    if (unknown !== undefined) throw malformed(`${where} has the unknown element ${unknown}`);
    const effect = statement["Effect"];
    if (effect !== "Allow" && effect !== "Deny") throw malformed(`${where} needs the Effect Allow or Deny`);
    const sid = statement["Sid"];
    const principals = oneOf(statement, "Principal", where);
    const actions = oneOf(statement, "Action", where);
    const resources = oneOf(statement, "Resource", where);
    if (actions === undefined) throw malformed(`${where} needs either Action or NotAction`);
    return {
        sid: typeof sid === "string" ? sid : undefined,
        effect,
        action: either(actions, actionPatterns(actions.value, where), { ignoreCase: true, variables: false }),
        resource: resources && either(resources, texts(resources.value, `${where}: Resource`), { variables }),
        principals: principals && compilePrincipals(principals.value, where),
        notPrincipal: principals?.negated ?? false,
        conditions: compileConditions(statement["Condition"], where, variables),
    };
}

interface Element {
    value: unknown;
    /** It stood under its Not form. */
    negated: boolean;
}

/** An element or its Not form; undefined where the statement has neither. */
function oneOf(statement: Json, name: string, where: string): Element | undefined {
    const positive = statement[name];
    const negative = statement[`Not${name}`];
    if (positive !== undefined && negative !== undefined) {
        throw malformed(`${where} must not have both ${name} and Not${name}`);
    }
    if (positive !== undefined) return { value: positive, negated: false };
    return negative === undefined ? undefined : { value: negative, negated: true };
}

/** Matches any of the patterns, or all but those for a Not form. */
function either({ negated }: Element, patterns: string[], options: Parameters<typeof wildcard>[1]): Matcher {
    const matchers = patterns.map((pattern) => wildcard(pattern, options));
    return (text, context) => matchers.some((matcher) => matcher(text, context)) !== negated;
}

function actionPatterns(value: unknown, where: string): string[] {
    const patterns = texts(value, `${where}: Action`);
    const wrong = patterns.find((pattern) => pattern !== "*" && !/^[^:]+:.+$/.test(pattern));
    if (wrong === undefined) return patterns;
    throw malformed(`${where}: the action ${wrong} must begin with its service, as in dynamodb:GetItem`);
}

function texts(value: unknown, where: string): string[] {
    return [value].flat().map((one) => {
        if (typeof one === "string") return one;
        if (typeof one === "number" || typeof one === "boolean") return String(one);
        throw malformed(`${where} must be a text or a list of texts`);
    });
}

function compilePrincipals(principals: unknown, where: string): Principal[] {
    if (principals === "*") return [{ type: "AWS", matches: () => true, everybody: true, account: false }];
    if (!isObject(principals)) throw malformed(`${where}: Principal must be * or an object`);
    return Object.entries(principals).flatMap(([type, values]) => {
        if (type !== "AWS" && type !== "Service" && type !== "Federated" && type !== "CanonicalUser") {
            throw malformed(`${where}: a Principal cannot be ${type}`);
        }
        return texts(values, `${where}: Principal`).map((value) => compilePrincipal(type, value));
    });
}

/** An account is all of its identities: `123456789012`, or the ARN of its root. */
function compilePrincipal(type: Principal["type"], value: string): Principal {
    if (value === "*") return { type, matches: () => true, everybody: true, account: false };
    const account = type === "AWS" ? /^(?:arn:aws[\w-]*:iam::)?(\d{12})(?::root)?$/.exec(value)?.[1] : undefined;
    if (account === undefined) {
        return { type, matches: (arn) => arn === value, everybody: false, account: false };
    }
    const ofAccount = new RegExp(`^arn:aws[\\w-]*:(iam|sts)::${account}:`);
    return { type, matches: (arn) => ofAccount.test(arn), everybody: false, account: true };
}

function compileConditions(conditions: unknown, where: string, variables: boolean): Condition[] {
    if (conditions === undefined) return [];
    if (!isObject(conditions)) throw malformed(`${where}: Condition must be an object`);
    return Object.entries(conditions).flatMap(([operator, keys]) => {
        if (!isObject(keys)) throw malformed(`${where}: ${operator} must be an object`);
        return Object.entries(keys).map(([key, values]) => {
            try {
                return condition(operator, key, texts(values, `${where}: ${key}`), variables);
            } catch (error) {
                throw error instanceof ServiceError ? error : malformed(`${where}: ${(error as Error).message}`);
            }
        });
    });
}
