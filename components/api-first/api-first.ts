import * as aws from "@pulumi/aws";
import { RestAPI } from "@pulumi/aws-apigateway";
import * as pulumi from "@pulumi/pulumi";

import { operations, publicRoutes } from "../../schemas/orders/operations";
import { DeadLetterQueue } from "../building-blocks/dead-letter-queue";
import type { EventBus } from "../building-blocks/event-bus";
import type { InlineFunction } from "../building-blocks/inline-function";
import { defaultsFor } from "../building-blocks/protection";
import { policyDocument, trustPolicy } from "../building-blocks/policy";
import { type Tags, tagsOf } from "../building-blocks/tags";
import { type ApiFirstArgs, type FunctionDefaults, validateArgs } from "./api-first-args";
import { ApiKeys } from "./api-keys";
import { type Authentication, authentication, permitAuthorizer } from "./authentication";
import { apiDefinition } from "./definition";
import { ApiDomain } from "./domain";
import { Firewall } from "./firewall";
import { type Orders, ordersOf } from "./orders";
import { ApiStage } from "./stage";

/** The stage that callers reach, and the one of RestAPI's that nobody may. */
const STAGE = "live";
const CLOSED_STAGE = "closed";

/** The Orders API: API Gateway, Lambda and DynamoDB. */
export class ApiFirst extends pulumi.ComponentResource {
    /** Base URL of the API, without a slash at its end. */
    readonly url: pulumi.Output<string>;
    /** Set where callers sign in to a user pool made here. */
    readonly userPoolId?: pulumi.Output<string>;
    readonly userPoolClientId?: pulumi.Output<string>;
    /** Set where callers sign their requests: the policy to attach to those who may. */
    readonly invokePolicyArn?: pulumi.Output<string>;
    readonly ordersTable: pulumi.Output<string>;
    /** For whoever must change one of the resources inside. */
    readonly nodes: {
        api: RestAPI;
        stage: ApiStage;
        orders: Orders;
        deadLetters: DeadLetterQueue;
        authentication: Authentication;
        apiKeys?: ApiKeys;
    };

    constructor(name: string, args: ApiFirstArgs, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:architectures:ApiFirst", name, {}, opts);
        validateArgs(name, args, operations.map(routeOf));
        const inside = { parent: this };
        const tags = tagsOf({ architecture: "api-first", owner: args.owner });
        const guarded = defaultsFor(args.protection);

        const deadLetters = new DeadLetterQueue(`${name}-failed`, { tags }, inside);
        const functionDefaults = functionDefaultsOf(args, tags, deadLetters);
        const orders = ordersOf(
            name,
            { ...args, keepData: guarded.keepData, deadLetters: deadLetters.arn, functionDefaults },
            inside,
        );
        const callers = authentication(
            name,
            {
                kind: args.auth,
                ...args.authorizer,
                keepData: guarded.keepData,
                allowPasswords: args.protection === "none",
                functionDefaults,
            },
            inside,
        );
        const api = this.#api(name, args, orders, callers, tags);
        const stage = new ApiStage(
            name,
            {
                ...args,
                stageName: STAGE,
                restApi: api.api.id,
                deployment: api.deployment.id,
                logRetentionDays: guarded.logRetentionDays,
                tags,
            },
            inside,
        );
        this.url = stage.nodes.stage.invokeUrl;
        this.userPoolId = callers.userPool?.nodes.pool.id;
        this.userPoolClientId = callers.userPool?.nodes.client.id;
        this.ordersTable = orders.orders.name;
        if (args.auth === "iam") this.invokePolicyArn = invokePolicy(name, stage, tags, this).arn;
        const apiKeys =
            args.auth === "apiKey"
                ? new ApiKeys(name, { ...args, keys: args.apiKeys, stage: stage.nodes.stage, tags }, inside)
                : undefined;
        if (args.domain !== undefined) {
            const domain = new ApiDomain(name, { ...args.domain, stage: stage.nodes.stage, tags }, inside);
            this.url = domain.url;
        }
        if (args.waf) new Firewall(name, { stage: stage.nodes.stage.arn, tags }, inside);
        this.nodes = { api, stage, orders, deadLetters, authentication: callers, apiKeys };
        this.registerOutputs({ url: this.url });
    }

    #api(name: string, args: ApiFirstArgs, orders: Orders, callers: Authentication, tags: Tags): RestAPI {
        const names = Object.keys(orders.functions);
        const invokeArns = pulumi.all(Object.values(orders.functions).map((fn) => fn.alias.invokeArn));
        const events = pulumi
            .all([args.bus.name, args.bus.arn, publisherRole(name, args.bus, tags, this).arn])
            .apply(([busName, busArn, roleArn]) => ({ busName, region: busArn.split(":")[3] ?? "", roleArn }));
        const definition = pulumi.all([invokeArns, callers.security, events]).apply(([arns, security, events]) =>
            JSON.stringify(
                apiDefinition({
                    title: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
                    operations,
                    publicRoutes,
                    invokeArns: Object.fromEntries(names.map((function_, at) => [function_, arns[at] ?? ""])),
                    security,
                    events,
                    corsOrigins: args.corsOrigins,
                    closedStage: CLOSED_STAGE,
                }),
            ),
        );
        const api = new RestAPI(
            name,
            { swaggerString: definition, stageName: CLOSED_STAGE, binaryMediaTypes: [], tags },
            { parent: this },
        );
        const executionArn = api.api.executionArn;
        for (const { method, path, function: target } of routes()) {
            const fn = orders.functions[target ?? ""];
            if (fn !== undefined) permitRoute(name, fn, method, path, executionArn, this);
        }
        if (callers.authorizer !== undefined) {
            permitAuthorizer(name, callers.authorizer, executionArn, { parent: this });
        }
        return api;
    }
}

function routeOf(operation: { method: string; path: string }): string {
    return `${operation.method.toUpperCase()} ${operation.path}`;
}

function routes(): { method: string; path: string; function?: string }[] {
    return [...operations, ...publicRoutes.map((route) => ({ ...route, method: "get" }))];
}

function functionDefaultsOf(args: ApiFirstArgs, tags: Tags, deadLetters: DeadLetterQueue): FunctionDefaults {
    const guarded = defaultsFor(args.protection);
    return {
        tags,
        logRetentionDays: guarded.logRetentionDays,
        reservedConcurrency: args.reservedConcurrency ?? guarded.reservedConcurrency,
        provisionedConcurrency: args.provisionedConcurrency,
        deadLetters: deadLetters.arn,
    };
}

/** API Gateway may call the function for this route of the open stage, and for nothing else. */
function permitRoute(
    name: string,
    fn: InlineFunction,
    method: string,
    path: string,
    executionArn: pulumi.Input<string>,
    parent: pulumi.Resource,
): void {
    const suffix = `${method}${path}`.replace(/\W+/g, "-").replace(/-$/, "");
    const resource = `${STAGE}/${method.toUpperCase()}${path.replace(/\{\w+\}/g, "*")}`;
    new aws.lambda.Permission(
        `${name}-${suffix}`,
        {
            action: "lambda:InvokeFunction",
            function: fn.nodes.function.name,
            qualifier: fn.alias.name,
            principal: "apigateway.amazonaws.com",
            sourceArn: pulumi.interpolate`${executionArn}/${resource}`,
        },
        { parent },
    );
}

/** Lets API Gateway put events on the bus by itself. */
function publisherRole(name: string, bus: EventBus, tags: Tags, parent: pulumi.Resource): aws.iam.Role {
    const role = new aws.iam.Role(
        `${name}-publish`,
        { assumeRolePolicy: trustPolicy("apigateway.amazonaws.com"), tags },
        { parent },
    );
    new aws.iam.RolePolicy(
        `${name}-publish`,
        {
            role: role.name,
            policy: policyDocument([{ Effect: "Allow", Action: "events:PutEvents", Resource: bus.arn }]),
        },
        { parent },
    );
    return role;
}

function invokePolicy(name: string, stage: ApiStage, tags: Tags, parent: pulumi.Resource): aws.iam.Policy {
    return new aws.iam.Policy(
        `${name}-invoke`,
        {
            description: "May call the Orders API",
            policy: policyDocument([
                {
                    Effect: "Allow",
                    Action: "execute-api:Invoke",
                    Resource: pulumi.interpolate`${stage.nodes.stage.executionArn}/*`,
                },
            ]),
            tags,
        },
        { parent },
    );
}
