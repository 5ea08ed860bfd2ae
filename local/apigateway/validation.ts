import Ajv, { type ErrorObject, type ValidateFunction } from "ajv-draft-04";

import type { MethodDefinition, ModelDefinition } from "./definition";
import { GatewayError } from "./gateway-error";
import { type Values, mediaType } from "./http-message";
import { describeViolation } from "./schema-messages";

/** What is validated of a request. */
export interface RequestParts {
    path: Record<string, string>;
    querystring: Values;
    /** Lower-case names. */
    header: Record<string, string>;
    body: () => string;
}

/** Throws a GatewayError `BAD_REQUEST_PARAMETERS` or `BAD_REQUEST_BODY`. */
export type RequestValidator = (parts: RequestParts) => void;

/** Compiles JSON Schema draft 4 models that may refer to each other. */
export class ModelCompiler {
    readonly #ajv = new Ajv({
        allErrors: true,
        strict: false,
        validateFormats: false,
        unicodeRegExp: false,
        verbose: true,
    });

    constructor(private readonly models: Map<string, ModelDefinition>) {
        const definitions = Object.fromEntries([...models].map(([name, { schema }]) => [name, schema]));
        this.#ajv.addSchema({ definitions }, "models");
    }

    /** @throws Error when there is no such model, or its schema is no JSON Schema. */
    compile(name: string): ValidateFunction {
        if (!this.models.has(name)) {
            throw new Error(
                `There is no model "${name}". The API has: ${[...this.models.keys()].join(", ") || "none"}.`,
            );
        }
        return this.#ajv.compile({ $ref: `models#/definitions/${encodeURIComponent(name)}` });
    }
}

/**
 * Compiles what a method demands of its requests; undefined when it demands nothing.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function compileRequestValidator(method: MethodDefinition, models: ModelCompiler): RequestValidator | undefined {
    const required = method.validateRequestParameters
        ? Object.keys(method.requestParameters).filter((name) => method.requestParameters[name] === true)
        : [];
    const bodies = method.validateRequestBody
        ? Object.entries(method.requestModels).map(([type, name]) => ({
              type: type.toLowerCase(),
              validate: models.compile(name),
          }))
        : [];
    if (required.length === 0 && bodies.length === 0) return undefined;
    return (parts) => {
        requireParameters(required, parts);
        // A payload of a type that has no model passes; the integration's passthrough behavior may refuse it.
        const type = mediaType(parts.header["content-type"]) ?? "application/json";
        const body = bodies.find((one) => one.type === type) ?? bodies.find((one) => one.type === "$default");
        if (body !== undefined) requireBody(body.validate, parts.body());
    };
}

function requireParameters(required: string[], parts: RequestParts): void {
    const missing = required.map(nameAndPlace).filter(({ place, name }) => isMissing(parts, place, name));
    if (missing.length === 0) return;
    const names = missing.map(({ name }) => name).join(", ");
    throw new GatewayError("BAD_REQUEST_PARAMETERS", `Missing required request parameters: [${names}]`);
}

function nameAndPlace(parameter: string): { place: string; name: string } {
    const [, , place, ...name] = parameter.split(".");
    return { place: place ?? "", name: name.join(".") };
}

function isMissing(parts: RequestParts, place: string, name: string): boolean {
    const value =
        place === "querystring"
            ? parts.querystring.single[name]
            : place === "path"
              ? parts.path[name]
              : parts.header[name.toLowerCase()];
    return value === undefined || value === "";
}

function requireBody(validate: ValidateFunction, body: string): void {
    let document: unknown;
    try {
        // API Gateway takes an absent payload for an empty object.
        document = JSON.parse(body === "" ? "{}" : body);
    } catch {
        throw refusedBody(["the request body is not valid JSON"]);
    }
    if (!validate(document)) throw refusedBody(violations(validate.errors ?? []));
}

function refusedBody(reasons: string[]): GatewayError {
    return new GatewayError("BAD_REQUEST_BODY", "Invalid request body", {
        validationErrorString: `[${reasons.join(", ")}]`,
    });
}

/** One message for each violation; names of one kind at one place are gathered, as AWS's validator does. */
function violations(errors: ErrorObject[]): string[] {
    const messages = new Map<string, string>();
    for (const error of errors) {
        const gathered = error.keyword === "required" || error.keyword === "additionalProperties";
        const key = gathered ? `${error.instancePath} ${error.keyword} ${error.schemaPath}` : `${messages.size}`;
        if (messages.has(key)) continue;
        messages.set(key, describeViolation(error, errors));
    }
    return [...new Set(messages.values())];
}
