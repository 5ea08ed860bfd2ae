import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { problemsOf, SettingsError } from "./problems";

/** `pulumi config set --path` stores decimals and some booleans as text. */
function numeric<T extends z.ZodType>(schema: T): z.ZodPreprocess<T> {
    return z.preprocess(
        (value) => (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value),
        schema,
    );
}

const flag = z.preprocess((value) => (value === "true" ? true : value === "false" ? false : value), z.boolean());
const rate = z.strictObject({
    /** Requests per second. */
    rate: numeric(z.number().positive().max(10_000)),
    /** Requests that may come at once. */
    burst: numeric(z.int().min(1).max(5_000)),
});

const apiFirst = z.strictObject({
    /** How callers prove who they are. */
    auth: z.enum(["cognito", "lambda", "iam", "apiKey"]).default("cognito"),
    /** For `auth: lambda`: the token issuer; default is a user pool of this stack. */
    authorizer: z.strictObject({ issuer: z.url(), audience: z.string().optional() }).optional(),
    /** Limits of the whole stage. */
    throttle: rate.default({ rate: 50, burst: 100 }),
    /** Limits of single routes, `POST /v1/orders: { rate: 5, burst: 10 }`. */
    routeThrottle: z
        .record(z.string().regex(/^(GET|POST|PATCH|PUT|DELETE) \/\S*$/, "must be a method and a path"), rate)
        .default({}),
    /** For `auth: apiKey`: names of the keys to make. */
    apiKeys: z
        .array(z.string().regex(/^[a-z][a-z0-9-]{0,29}$/, "must be lower-case letters, digits and hyphens"))
        .min(1)
        .default(["default"]),
    /** For `auth: apiKey`: how many requests a key may make in a period. */
    quota: z
        .strictObject({
            limit: numeric(z.int().min(1)),
            period: z.enum(["DAY", "WEEK", "MONTH"]),
        })
        .default({ limit: 10_000, period: "DAY" }),
    /** Origins whose pages may call the API. */
    corsOrigins: z
        .array(z.string().regex(/^(\*|https?:\/\/[^/\s]+)$/, "must be * or an origin"))
        .min(1)
        .default(["*"]),
    /** Largest request body that a function takes. API Gateway itself ends at 10 MiB. */
    bodyLimitKiB: numeric(z.int().min(1).max(6_000)).default(64),
    /** Concurrent executions kept for, and allowed to, each function. Default: 20 in protected stacks, else none. */
    reservedConcurrency: numeric(z.int().min(1).max(900)).optional(),
    /** Execution environments kept warm for each function; 0 is none. */
    provisionedConcurrency: numeric(z.int().min(0).max(900)).default(0),
    /** A domain of your own. Without `certificateArn` a certificate is requested and validated in the zone. */
    domain: z
        .strictObject({ name: z.string().min(4), zoneId: z.string(), certificateArn: z.string().optional() })
        .optional(),
    /** AWS WAF in front of the stage. */
    waf: flag.default(false),
    /** Give API Gateway its role for logs, of which an account has one per region. */
    accountLogRole: flag.default(true),
});

/** `true` or an empty entry selects an architecture with its defaults; `false` leaves it out. */
function architecture<T extends z.ZodType>(schema: T): z.ZodPreprocess<z.ZodOptional<T>> {
    return z.preprocess((value) => {
        if (value === null || value === true || value === "true") return {};
        return value === false || value === "false" ? undefined : value;
    }, z.optional(schema));
}

const schema = z.strictObject({
    "quintet:architectures": z.strictObject({ apiFirst: architecture(apiFirst) }),
    "quintet:protection": z.enum(["none", "standard", "strict"]).default("none"),
    "quintet:owner": z.string().min(1).max(128).default("unowned"),
    "aws:region": z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region, such as eu-central-1"),
});

/** Settings of the API-first architecture. */
export type ApiFirstSettings = z.output<typeof apiFirst>;

/** A stack's validated configuration. */
export interface Settings {
    region: string;
    protection: z.output<typeof schema>["quintet:protection"];
    /** Value of the tag `owner`. */
    owner: string;
    /** Only what the stack selects is present. */
    architectures: { apiFirst?: ApiFirstSettings };
}

/**
 * Validates a stack's configuration.
 * @param config Values by qualified key, objects as JSON text, as Pulumi gives them.
 * @throws SettingsError with every problem, each naming key, value and what is allowed.
 */
export function parseSettings(config: Record<string, string>, stack: string): Settings {
    const ours = Object.entries(config).filter(([key]) => key.startsWith("quintet:") || key === "aws:region");
    const input = Object.fromEntries(ours.map(([key, value]) => [key, fromConfig(value)]));
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw new SettingsError(stack, problemsOf(parsed.error, schema, input));
    return {
        region: parsed.data["aws:region"],
        protection: parsed.data["quintet:protection"],
        owner: parsed.data["quintet:owner"],
        architectures: parsed.data["quintet:architectures"],
    };
}

/** Reads and validates the configuration of the stack that is running. */
export function readSettings(): Settings {
    return parseSettings(pulumi.runtime.allConfig(), pulumi.getStack());
}

function fromConfig(value: string): unknown {
    if (!/^[[{]/.test(value.trim())) return value;
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}
