import { type JsonSchema, toJsonSchema } from "./json-schema";
import { type ApiOperation, type ApiResponse, operations } from "./orders/operations";

/** How callers prove who they are. */
export type ApiAuthentication = "cognito" | "lambda" | "iam" | "apiKey";

export interface OpenApiParameter {
    name: string;
    in: string;
    required: boolean;
    description?: string;
    schema: JsonSchema;
    example?: string;
}

interface OpenApiBody {
    schema: JsonSchema;
    example?: object;
}

interface OpenApiResponse {
    description: string;
    headers?: Record<string, { description: string; schema: JsonSchema }>;
    content?: Record<string, OpenApiBody>;
}

export interface OpenApiOperation {
    operationId: string;
    tags?: string[];
    summary?: string;
    description?: string;
    parameters?: OpenApiParameter[];
    requestBody?: { required: boolean; content: Record<string, OpenApiBody> };
    responses: Record<string, OpenApiResponse>;
    security?: Record<string, string[]>[];
}

export interface SecurityScheme {
    type: string;
    description?: string;
    name?: string;
    in?: string;
    scheme?: string;
    bearerFormat?: string;
}

/** The parts of OpenAPI 3.1 that this API uses: https://spec.openapis.org/oas/v3.1.1.html */
export interface OpenApiDocument {
    openapi: "3.1.1";
    info: { title: string; version: string; description?: string };
    servers: { url: string }[];
    paths: Record<string, Record<string, OpenApiOperation>>;
    components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, SecurityScheme> };
}

const SCHEMES: Record<ApiAuthentication, SecurityScheme> = {
    cognito: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "An access token of the user pool" },
    lambda: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "An access token of the issuer" },
    iam: {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        description: "AWS Signature Version 4, service execute-api",
    },
    apiKey: { type: "apiKey", name: "x-api-key", in: "header" },
};

/** The API's document, made of the schemas that its gateway and functions check by. */
export function openApiDocument(input: { serverUrl: string; auth: ApiAuthentication }): OpenApiDocument {
    const schemas: Record<string, JsonSchema> = {};
    const paths: OpenApiDocument["paths"] = {};
    for (const operation of operations) {
        (paths[operation.path] ??= {})[operation.method] = describe(operation, input.auth, schemas);
    }
    return {
        openapi: "3.1.1",
        info: {
            title: "Orders API",
            version: "2.0.0",
            description: "Place orders, look at them, change and cancel them. Two versions work on the same orders.",
        },
        servers: [{ url: input.serverUrl }],
        paths,
        components: { schemas, securitySchemes: { caller: SCHEMES[input.auth] } },
    };
}

function describe(
    operation: ApiOperation,
    auth: ApiAuthentication,
    schemas: Record<string, JsonSchema>,
): OpenApiOperation {
    const { body } = operation;
    // Only tokens carry scopes.
    const scopes = auth === "cognito" || auth === "lambda" ? [operation.scope] : [];
    return {
        operationId: operation.id + operation.version.toUpperCase(),
        tags: [operation.version],
        summary: operation.summary,
        description: operation.description,
        parameters: operation.parameters.map((parameter) => ({ ...parameter, schema: toJsonSchema(parameter.schema) })),
        ...(body === undefined
            ? {}
            : {
                  requestBody: {
                      required: true,
                      content: {
                          "application/json": {
                              schema: named(body.model, body.schema, schemas),
                              example: body.example,
                          },
                      },
                  },
              }),
        responses: Object.fromEntries(
            Object.entries(operation.responses).map(([status, response]) => [
                status,
                describeResponse(response, schemas),
            ]),
        ),
        security: [{ caller: scopes }],
    };
}

function describeResponse(response: ApiResponse, schemas: Record<string, JsonSchema>): OpenApiResponse {
    const { description, headers, model, schema } = response;
    const type = model === "Problem" ? "application/problem+json" : "application/json";
    return {
        description,
        ...(headers === undefined
            ? {}
            : {
                  headers: Object.fromEntries(
                      Object.entries(headers).map(([name, text]) => [
                          name,
                          { description: text, schema: { type: "string" } },
                      ]),
                  ),
              }),
        ...(model === undefined || schema === undefined
            ? {}
            : { content: { [type]: { schema: named(model, schema, schemas) } } }),
    };
}

/** Puts a schema among the document's, once, and refers to it. */
function named(
    model: string,
    schema: Parameters<typeof toJsonSchema>[0],
    schemas: Record<string, JsonSchema>,
): JsonSchema {
    schemas[model] ??= toJsonSchema(schema);
    return { $ref: `#/components/schemas/${model}` };
}
