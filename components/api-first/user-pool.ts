import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { InlineFunction } from "../building-blocks/inline-function";
import type { FunctionDefaults } from "./api-first-args";

export interface UserPoolArgs {
    keepData: boolean;
    /** Let clients send passwords themselves; without it they need the SRP protocol. */
    allowPasswords: boolean;
    functionDefaults: FunctionDefaults;
}

/** Who may call the API: users who sign up by e-mail, a group for staff, and tokens with a scope per kind of call. */
export class UserPool extends pulumi.ComponentResource {
    readonly nodes: {
        pool: aws.cognito.UserPool;
        client: aws.cognito.UserPoolClient;
        staff: aws.cognito.UserGroup;
        scopes: aws.cognito.ResourceServer;
    };

    constructor(name: string, args: UserPoolArgs, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:api-first:UserPool", name, {}, opts);
        // Cognito gives the access tokens of a signed-in user no scopes of the API; this trigger adds them.
        const tokenScopes = new InlineFunction(
            `${name}-scopes`,
            {
                ...args.functionDefaults,
                // Cognito waits five seconds for a trigger.
                timeout: 5,
                factory: async () => (await import("../../handlers/cognito/token-scopes")).handler(),
            },
            { parent: this },
        );
        const pool = new aws.cognito.UserPool(name, poolArgs(args, tokenScopes), {
            parent: this,
            protect: args.keepData,
        });
        new aws.lambda.Permission(
            name,
            {
                action: "lambda:InvokeFunction",
                function: tokenScopes.nodes.function.name,
                qualifier: tokenScopes.alias.name,
                principal: "cognito-idp.amazonaws.com",
                sourceArn: pool.arn,
            },
            { parent: this },
        );
        const scopes = new aws.cognito.ResourceServer(
            name,
            {
                userPoolId: pool.id,
                identifier: "orders",
                name: "Orders API",
                scopes: [
                    { scopeName: "read", scopeDescription: "Read one's own orders" },
                    { scopeName: "write", scopeDescription: "Place and change one's own orders" },
                    { scopeName: "admin", scopeDescription: "See all orders" },
                ],
            },
            { parent: this },
        );
        const client = new aws.cognito.UserPoolClient(name, clientArgs(pool, args), { parent: this });
        const staff = new aws.cognito.UserGroup(
            name,
            { userPoolId: pool.id, name: "staff", description: "May see all orders" },
            { parent: this },
        );
        this.nodes = { pool, client, staff, scopes };
        this.registerOutputs({ userPoolId: pool.id, clientId: client.id });
    }
}

function poolArgs(args: UserPoolArgs, tokenScopes: InlineFunction): aws.cognito.UserPoolArgs {
    return {
        // Scopes in access tokens need this tier or a higher one:
        // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
        userPoolTier: "ESSENTIALS",
        usernameAttributes: ["email"],
        usernameConfiguration: { caseSensitive: false },
        autoVerifiedAttributes: ["email"],
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
        passwordPolicy: {
            minimumLength: 12,
            requireLowercase: true,
            requireUppercase: true,
            requireNumbers: true,
            requireSymbols: false,
            temporaryPasswordValidityDays: 7,
        },
        deletionProtection: args.keepData ? "ACTIVE" : "INACTIVE",
        lambdaConfig: {
            preTokenGenerationConfig: { lambdaArn: tokenScopes.alias.arn, lambdaVersion: "V2_0" },
        },
        tags: args.functionDefaults.tags,
    };
}

function clientArgs(pool: aws.cognito.UserPool, args: UserPoolArgs): aws.cognito.UserPoolClientArgs {
    return {
        userPoolId: pool.id,
        generateSecret: false,
        preventUserExistenceErrors: "ENABLED",
        enableTokenRevocation: true,
        explicitAuthFlows: [
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
            // For whoever IAM lets act as the pool's administrator: smoke tests of a deployment, for instance.
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            ...(args.allowPasswords ? ["ALLOW_USER_PASSWORD_AUTH"] : []),
        ],
        accessTokenValidity: 60,
        idTokenValidity: 60,
        refreshTokenValidity: 30,
        tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
    };
}
