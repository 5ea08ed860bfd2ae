import * as z from "zod/mini";

export type JsonSchema = { [key: string]: unknown };

/**
 * A schema as a model of API Gateway, which takes JSON Schema draft 4:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
 *
 * Upper limits of length are left to the handler, so that a body that is too large is told so (413) and not that one of
 * its fields is wrong.
 * @param options.limits Leaves nothing to a handler: there is none. Default false.
 */
export function toDraft4(schema: z.core.$ZodType, { limits = false }: { limits?: boolean } = {}): JsonSchema {
    return z.toJSONSchema(schema, {
        target: "draft-4",
        override: ({ jsonSchema }) => {
            if (!limits) {
                delete jsonSchema.maxLength;
                delete jsonSchema.maxItems;
            }
            delete jsonSchema.description;
        },
    });
}

/** A schema as OpenAPI 3.1 has it, JSON Schema 2020-12. */
export function toJsonSchema(schema: z.core.$ZodType): JsonSchema {
    const json: JsonSchema = z.toJSONSchema(schema);
    return Object.fromEntries(Object.entries(json).filter(([key]) => !key.startsWith("$") && key !== "~standard"));
}
