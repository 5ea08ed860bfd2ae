import { validateHeaderName, validateHeaderValue } from "node:http";

import type { Clock } from "../../clock";
import type { HttpResponse } from "../../service";
import type { Integrate } from "../api";
import { GatewayError, INTERNAL_ERROR } from "../gateway-error";
import { acceptedTypes, isBinary, mediaType } from "../http-message";
import type { Invocation } from "../invocation";
import type { FunctionInvoker } from "../ports";
import { asNumber, asRecord } from "../values";
import { type FunctionTarget, invokeFunction } from "./invoke-function";
import { proxyEvent } from "./lambda-proxy-event";
import { remapped } from "./remapped-headers";

/** The function gets the request whole and answers the response whole. */
export function lambdaProxy(target: FunctionTarget, functions: FunctionInvoker, clock: Clock): Integrate {
    return async (invocation) => {
        const answer = await invokeFunction(target, invocation, proxyEvent(invocation), functions, clock);
        if (answer.functionError !== undefined) throw badGateway(invocation, "The function failed.");
        return proxyResponse(invocation, answer.payload);
    };
}

function badGateway(invocation: Invocation, reason: string): GatewayError {
    invocation.integration.error = reason;
    return new GatewayError("DEFAULT_5XX", INTERNAL_ERROR, { status: 502 });
}

const MEMBERS: ReadonlySet<string> = new Set(["isBase64Encoded", "statusCode", "headers", "multiValueHeaders", "body"]);

function proxyResponse(invocation: Invocation, payload: string): HttpResponse {
    const malformed = (why: string): GatewayError =>
        badGateway(invocation, `Execution failed due to configuration error: Malformed Lambda proxy response: ${why}`);
    const answer = parse(payload);
    if (answer === undefined) throw malformed("it is no JSON object");
    const unknown = Object.keys(answer).find((member) => !MEMBERS.has(member));
    if (unknown !== undefined) throw malformed(`unknown member "${unknown}"`);

    const status = asNumber(answer["statusCode"] ?? 200);
    if (status === undefined || !Number.isInteger(status) || status < 100 || status > 599) {
        throw malformed("statusCode is no HTTP status");
    }
    const body = answer["body"] ?? "";
    if (typeof body !== "string") throw malformed("body is no string");
    const headers = responseHeaders(answer);
    if (headers === undefined) throw malformed("a header's name or value is not allowed");

    const type = headers.get("content-type");
    if (type === undefined) headers.set("content-type", { name: "Content-Type", values: ["application/json"] });
    const binary = answer["isBase64Encoded"] === true && wantsBinary(invocation, type?.values[0]);
    return {
        status,
        headers: Object.fromEntries([...headers.values()].map(({ name, values }) => [name, oneOrMany(values)])),
        body: binary ? Buffer.from(body, "base64") : body,
    };
}

function parse(payload: string): Record<string, unknown> | undefined {
    try {
        const parsed: unknown = JSON.parse(payload);
        return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? asRecord(parsed) : undefined;
    } catch {
        return undefined;
    }
}

/** The first type that the client accepts decides; without one, the type of the answer. */
function wantsBinary(invocation: Invocation, contentType: string | undefined): boolean {
    const accepted = acceptedTypes(invocation.request.headers["accept"])[0];
    return isBinary(invocation.api.definition.binaryMediaTypes, accepted ?? mediaType(contentType));
}

interface Header {
    name: string;
    values: string[];
}

/**
 * By lower-case name; what both maps name is merged. Undefined when one cannot be sent: a line break in a value would
 * start a header of its own.
 */
function responseHeaders(answer: Record<string, unknown>): Map<string, Header> | undefined {
    const headers = new Map<string, Header>();
    const add = (declared: string, value: unknown): void => {
        if (typeof value === "object" && value !== null) throw new TypeError(`The header ${declared} is no text.`);
        if (declared.toLowerCase() === "transfer-encoding") return;
        const name = remapped(declared);
        const text = String(value ?? "");
        validateHeaderName(name);
        validateHeaderValue(name, text);
        const known = headers.get(name.toLowerCase());
        if (known === undefined) headers.set(name.toLowerCase(), { name, values: [text] });
        else known.values.push(text);
    };
    try {
        const lists = Object.entries(asRecord(answer["multiValueHeaders"]));
        for (const [name, values] of lists) for (const value of listOf(values)) add(name, value);
        for (const [name, value] of Object.entries(asRecord(answer["headers"]))) {
            const known = headers.get(remapped(name).toLowerCase());
            if (known?.values.includes(String(value)) !== true) add(name, value);
        }
        return headers;
    } catch {
        return undefined;
    }
}

function listOf(values: unknown): unknown[] {
    if (!Array.isArray(values)) throw new TypeError("multiValueHeaders holds no list.");
    return values;
}

function oneOrMany(values: string[]): string | string[] {
    return values.length === 1 && values[0] !== undefined ? values[0] : values;
}
