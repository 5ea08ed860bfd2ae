import { isDeepStrictEqual } from "node:util";

import type { GraphValue, Properties } from "../model";
import { childUrn } from "../urn";
import { type ExpandedResource, type ExpansionInput, ExpansionError } from "./expander";
import { asObject, type Draft } from "./rest-api-routes";

type Json = { [key: string]: unknown };

/** Defines the authorizers that are new to the API and returns the security requirements of a route with them. */
export function addAuthorizers(input: ExpansionInput, draft: Draft, authorizers: Properties[]): Json[] {
    const definitions = (draft.swagger.securityDefinitions ??= {});
    return authorizers.map((authorizer) => {
        requireSame(input, draft, authorizer);
        const count = Object.keys(definitions).length;
        const name = String(authorizer["authorizerName"] ?? `${input.name}-authorizer-${count}`);
        definitions[name] ??= definitionOf(input, draft, name, authorizer);
        const isLambda = authorizer["handler"] !== undefined;
        return { [name]: isLambda ? [] : (authorizer["methodsToAuthorize"] ?? []) };
    });
}

/** Routes may share an authorizer by its name, as long as they mean the same one. */
function requireSame({ name }: ExpansionInput, { authorizers }: Draft, authorizer: Properties): void {
    const given = authorizer["authorizerName"];
    if (typeof given !== "string") return;
    const known = authorizers.get(given);
    if (known !== undefined && !isDeepStrictEqual(known, authorizer)) {
        throw new ExpansionError(
            `RestAPI "${name}": two different authorizers are called ${given}; give one of them another name.`,
        );
    }
    authorizers.set(given, authorizer);
}

function definitionOf(input: ExpansionInput, draft: Draft, name: string, authorizer: Properties): Json {
    const isLambda = authorizer["handler"] !== undefined;
    return {
        type: "apiKey",
        name: authorizer["parameterName"],
        in: isLambda ? authorizer["parameterLocation"] : "header",
        "x-amazon-apigateway-authtype": isLambda ? authorizer["authType"] : "cognito_user_pools",
        "x-amazon-apigateway-authorizer": isLambda
            ? lambdaAuthorizer(input, draft, name, authorizer)
            : {
                  type: "cognito_user_pools",
                  identitySource: identitySource(authorizer),
                  providerARNs: [authorizer["providerARNs"] ?? []].flat().map((pool) => arnOf(input, draft, pool)),
              },
    };
}

function lambdaAuthorizer(input: ExpansionInput, draft: Draft, name: string, authorizer: Properties): Json {
    const { uri, credentials } = invocationOf(input, draft, name, authorizer["handler"] ?? null);
    return {
        type: authorizer["type"],
        authorizerUri: uri,
        authorizerCredentials: credentials,
        identitySource: identitySource(authorizer),
        identityValidationExpression: authorizer["identityValidationExpression"],
        authorizerResultTtlInSeconds: authorizer["authorizerResultTtlInSeconds"],
    };
}

/** A handler is a function, for which the component makes a role, or a URI with credentials. */
function invocationOf(
    input: ExpansionInput,
    draft: Draft,
    name: string,
    handler: GraphValue,
): { uri: GraphValue; credentials: GraphValue } {
    const fn = input.resource(handler);
    if (fn !== undefined) {
        draft.dependencies.push(fn.urn);
        const role = addInvocationRole(input, draft, name, String(fn.outputs["arn"]), fn.urn);
        return { uri: fn.outputs["invokeArn"] ?? "", credentials: role };
    }
    const { uri, credentials } = asObject(handler);
    if (uri === undefined || credentials === undefined) {
        throw new ExpansionError(
            `RestAPI "${input.name}", authorizer ${name}: its handler must be a function, or have uri and credentials.`,
        );
    }
    const target = input.resource(uri);
    if (target !== undefined) draft.dependencies.push(target.urn);
    return { uri: target?.outputs["invokeArn"] ?? uri, credentials: arnOf(input, draft, credentials) };
}

/** @returns the role's ARN. */
function addInvocationRole(
    input: ExpansionInput,
    draft: Draft,
    authorizer: string,
    functionArn: string,
    functionUrn: string,
): string {
    const role: ExpandedResource = {
        type: "aws:iam/role:Role",
        name: `${authorizer}-authorizer-role`,
        key: `role ${authorizer}`,
        inputs: {
            assumeRolePolicy: JSON.stringify({
                Version: "2012-10-17",
                Statement: [
                    {
                        Sid: "AllowAssumeRole",
                        Effect: "Allow",
                        Principal: { Service: ["lambda.amazonaws.com", "apigateway.amazonaws.com"] },
                        Action: "sts:AssumeRole",
                    },
                ],
            }),
        },
        dependencies: [],
    };
    const made = input.outputsOf({ ...role, urn: childUrn(input.urn, role.type, role.name) });
    draft.resources.push(role, {
        type: "aws:iam/rolePolicy:RolePolicy",
        name: `${authorizer}-invocation-policy`,
        key: `policy ${authorizer}`,
        inputs: {
            policy: JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Action: "lambda:InvokeFunction", Effect: "Allow", Resource: functionArn }],
            }),
            role: made.id,
        },
        dependencies: [role.key, functionUrn],
    });
    draft.dependencies.push(role.key);
    return String(made.outputs["arn"]);
}

function identitySource(authorizer: Properties): string {
    return [authorizer["identitySource"] ?? []].flat().map(String).join(", ");
}

/** Of a resource, or the ARN that was given. */
function arnOf(input: ExpansionInput, draft: Draft, value: GraphValue): GraphValue {
    const resource = input.resource(value);
    if (resource === undefined) return value;
    draft.dependencies.push(resource.urn);
    return resource.outputs["arn"] ?? resource.id;
}
