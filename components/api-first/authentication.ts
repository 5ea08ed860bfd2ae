import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { InlineFunction } from "../building-blocks/inline-function";
import type { FunctionDefaults } from "./api-first-args";
import type { DefinitionSecurity } from "./definition";
import { UserPool } from "./user-pool";

export type AuthenticationKind = "cognito" | "lambda" | "iam" | "apiKey";

export interface AuthenticationArgs {
    kind: AuthenticationKind;
    /** For `lambda`: whose tokens are accepted. Default: those of a user pool made here. */
    issuer?: string;
    /** For `lambda`: the audience that tokens must name. */
    audience?: string;
    keepData: boolean;
    /** Let clients send passwords themselves; without it they need the SRP protocol. */
    allowPasswords: boolean;
    functionDefaults: FunctionDefaults;
}

/** How callers prove who they are, and the resources that it takes. */
export interface Authentication {
    security: pulumi.Output<DefinitionSecurity>;
    /** The Lambda authorizer, where there is one. */
    authorizer?: InlineFunction;
    userPool?: UserPool;
}

export function authentication(
    name: string,
    args: AuthenticationArgs,
    opts: pulumi.ComponentResourceOptions,
): Authentication {
    switch (args.kind) {
        case "cognito":
            return byCognito(new UserPool(`${name}-users`, args, opts));
        case "lambda":
            return byLambda(name, args, opts);
        case "iam":
            return { security: pulumi.output(SIGNED) };
        case "apiKey":
            return { security: pulumi.output(API_KEY) };
    }
}

/** API Gateway checks the token itself: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html */
function byCognito(userPool: UserPool): Authentication {
    const security = userPool.nodes.pool.arn.apply((arn) =>
        token(
            "cognito_user_pools",
            { type: "cognito_user_pools", providerARNs: [arn] },
            (scope) => [scope],
            "$context.authorizer.claims.sub",
        ),
    );
    return { security, userPool };
}

/** A function of this stack checks the token and says which routes it opens. */
function byLambda(name: string, args: AuthenticationArgs, opts: pulumi.ComponentResourceOptions): Authentication {
    const userPool = args.issuer === undefined ? new UserPool(`${name}-users`, args, opts) : undefined;
    const issuer = userPool === undefined ? args.issuer : pulumi.interpolate`https://${userPool.nodes.pool.endpoint}`;
    const authorizer = new InlineFunction(
        `${name}-authorizer`,
        {
            ...args.functionDefaults,
            environment: {
                ISSUER: issuer ?? "",
                ...(args.audience === undefined ? {} : { AUDIENCE: args.audience }),
            },
            factory: async () => (await import("../../handlers/authorizer/authorizer")).handler(),
        },
        opts,
    );
    const security = authorizer.alias.invokeArn.apply((uri) =>
        token(
            "custom",
            {
                type: "token",
                authorizerUri: uri,
                identityValidationExpression: "^Bearer [-0-9a-zA-Z._]*$",
                authorizerResultTtlInSeconds: 300,
            },
            () => [],
            "$context.authorizer.principalId",
        ),
    );
    return { security, authorizer, userPool };
}

/** A token in the header Authorization. */
function token(
    kind: string,
    authorizer: object,
    scopesOf: (scope: string) => string[],
    callerId: string,
): DefinitionSecurity {
    return {
        definitions: {
            caller: {
                type: "apiKey",
                name: "Authorization",
                in: "header",
                "x-amazon-apigateway-authtype": kind,
                "x-amazon-apigateway-authorizer": authorizer,
            },
        },
        forOperation: (scope) => ({ security: [{ caller: scopesOf(scope) }] }),
        signed: false,
        callerId,
    };
}

const SIGNED: DefinitionSecurity = {
    definitions: {
        caller: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
    },
    forOperation: () => ({ security: [{ caller: [] }], "x-amazon-apigateway-auth": { type: "AWS_IAM" } }),
    signed: true,
    callerId: "$context.identity.userArn",
};

const API_KEY: DefinitionSecurity = {
    definitions: { caller: { type: "apiKey", name: "x-api-key", in: "header" } },
    forOperation: () => ({ security: [{ caller: [] }] }),
    signed: false,
    callerId: "$context.identity.apiKeyId",
};

/** Lets API Gateway call the Lambda authorizer. */
export function permitAuthorizer(
    name: string,
    authorizer: InlineFunction,
    executionArn: pulumi.Input<string>,
    opts: pulumi.ComponentResourceOptions,
): aws.lambda.Permission {
    return new aws.lambda.Permission(
        `${name}-authorizer`,
        {
            action: "lambda:InvokeFunction",
            function: authorizer.nodes.function.name,
            qualifier: authorizer.alias.name,
            principal: "apigateway.amazonaws.com",
            sourceArn: pulumi.interpolate`${executionArn}/authorizers/*`,
        },
        opts,
    );
}
