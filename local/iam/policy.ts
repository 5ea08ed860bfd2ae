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
    resource: Matcher;
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
    const statements = [document["Statement"] ?? []].flat();
    return {
        statements: statements.map((statement, at) => {
            if (!isObject(statement)) throw malformed(`statement ${at + 1} must be an object`);
            return compileStatement(statement, `statement ${String(statement["Sid"] ?? at + 1)}`);
        }),
    };
}

function compileStatement(statement: Json, where: string): Statement {
    const effect = statement["Effect"];
    if (effect !== "Allow" && effect !== "Deny") throw malformed(`${where} needs the Effect Allow or Deny`);
    const sid = statement["Sid"];
    const principals = statement["Principal"] ?? statement["NotPrincipal"];
    return {
        sid: typeof sid === "string" ? sid : undefined,
        effect,
        action: either(statement, "Action", where, { ignoreCase: true }),
        // Trust policies have no Resource: they speak of their own role.
        resource:
            statement["Resource"] === undefined && statement["NotResource"] === undefined
                ? () => true
                : either(statement, "Resource", where),
        principals: principals === undefined ? undefined : compilePrincipals(principals, where),
        notPrincipal: statement["NotPrincipal"] !== undefined,
        conditions: compileConditions(statement["Condition"], where),
    };
}

/** Matches an element, or all but those of its Not form. */
function either(statement: Json, name: string, where: string, options: { ignoreCase?: boolean } = {}): Matcher {
    const positive = statement[name];
    const negative = statement[`Not${name}`];
    if ((positive === undefined) === (negative === undefined)) {
        throw malformed(`${where} needs either ${name} or Not${name}`);
    }
    const matchers = texts(positive ?? negative, `${where}: ${name}`).map((pattern) => wildcard(pattern, options));
    const [only] = matchers;
    const some: Matcher =
        matchers.length === 1 && only !== undefined
            ? only
            : (text, context) => matchers.some((matcher) => matcher(text, context));
    return negative === undefined ? some : (text, context) => !some(text, context);
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
    const account = type === "AWS" ? /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(value)?.[1] : undefined;
    const ofAccount = new RegExp(`^arn:aws:(iam|sts)::${account ?? ""}:`);
    return {
        type,
        matches: account === undefined ? (arn) => arn === value : (arn) => ofAccount.test(arn),
        everybody: false,
        account: account !== undefined,
    };
}

function compileConditions(conditions: unknown, where: string): Condition[] {
    if (conditions === undefined) return [];
    if (!isObject(conditions)) throw malformed(`${where}: Condition must be an object`);
    return Object.entries(conditions).flatMap(([operator, keys]) => {
        if (!isObject(keys)) throw malformed(`${where}: ${operator} must be an object`);
        return Object.entries(keys).map(([key, values]) => {
            try {
                return condition(operator, key, texts(values, `${where}: ${key}`));
            } catch (error) {
                throw error instanceof ServiceError ? error : malformed(`${where}: ${(error as Error).message}`);
            }
        });
    });
}
