import type { Activity } from "./activity";
import { ApiGateway } from "./apigateway";
import type { Clock } from "./clock";
import { Cognito } from "./cognito";
import { DynamoDb } from "./dynamodb";
import type { Endpoint } from "./endpoint/server";
import { ServiceCalls } from "./endpoint/service-calls";
import { Events } from "./eventbridge";
import type { Faults } from "./faults";
import { Iam } from "./iam";
import { Lambda } from "./lambda";
import { Logs } from "./logs";
import { Pipes } from "./pipes";
import { Checkpoints } from "./polling";
import { S3 } from "./s3";
import type { AwsService, HttpRoute, Materialisers } from "./service";
import { Sns } from "./sns";
import { Sqs } from "./sqs";
import type { Store } from "./store";
import { Sts } from "./sts";
import { Targets } from "./targets";
import { triggersOf } from "./triggers";

export interface Surroundings {
    clock: Clock;
    region: string;
    account: string;
    store: Store;
    activity: Activity;
    faults: Faults;
    /** @throws Error before the cloud listens. */
    endpoint: () => Endpoint;
}

/** The services of the account, each with what it needs of the others. */
export class Services {
    readonly logs: Logs;
    readonly iam: Iam;
    readonly sts: Sts;
    readonly dynamoDb: DynamoDb;
    readonly s3: S3;
    readonly sns: Sns;
    readonly sqs: Sqs;
    readonly lambda: Lambda;
    readonly events: Events;
    readonly pipes: Pipes;
    readonly cognito: Cognito;
    readonly apiGateway: ApiGateway;
    /** All that the endpoint serves. */
    readonly all: AwsService[];
    readonly routes: HttpRoute[];
    readonly materialisers: Materialisers;

    constructor({ endpoint, ...surroundings }: Surroundings) {
        const { clock, region, account, store, activity, faults } = surroundings;
        const targets = new Targets(clock, activity, faults);
        const checkpoints = new Checkpoints(store);
        const url = (): string => endpoint().url;
        this.logs = new Logs(surroundings);
        this.iam = new Iam(surroundings);
        const shared = { ...surroundings, targets, iam: this.iam, logs: this.logs };
        this.sts = new Sts(shared);
        this.dynamoDb = new DynamoDb(shared);
        this.sqs = new Sqs({ ...shared, endpoint: url });
        const sources = { streams: { dynamodb: this.dynamoDb.streamSource }, queues: this.sqs.source };
        this.lambda = new Lambda({ ...shared, sources, checkpoints, endpoint });
        this.events = new Events(shared);
        this.sns = new Sns({ ...shared, endpoint: url });
        this.s3 = new S3(shared);
        this.pipes = new Pipes({ ...shared, sources, checkpoints });
        this.cognito = new Cognito({ ...shared, functions: triggersOf("cognito-idp.amazonaws.com", this.lambda) });
        const principal = "apigateway.amazonaws.com";
        this.apiGateway = new ApiGateway({
            ...shared,
            functions: this.lambda,
            userPools: this.cognito,
            awsServices: new ServiceCalls({ principal, iam: this.iam, region, account, services: () => this.all }),
        });
        targets.register("lambda", this.lambda.target);
        targets.register("events", this.events.target);
        targets.register("sqs", this.sqs.target);
        targets.register("sns", this.sns.target);

        const { logs, iam, sts, dynamoDb, s3, sns, sqs, lambda, events, pipes, cognito, apiGateway } = this;
        const served = [logs, iam, sts, dynamoDb, sqs, s3, sns, lambda, events, pipes, cognito, apiGateway];
        this.all = [...served.map(({ service }) => service), dynamoDb.streamsService];
        this.routes = [apiGateway.route, cognito.route, sns.route];
        const made = [logs, iam, dynamoDb, sqs, s3, sns, lambda, events, pipes, cognito, apiGateway];
        this.materialisers = Object.assign({}, ...made.map(({ materialisers }) => materialisers)) as Materialisers;
    }

    /** Goes on with what was on its way when an earlier run ended. */
    resume(): void {
        for (const service of [this.cognito, this.lambda, this.events, this.sns, this.s3]) service.resume();
    }

    async close(): Promise<void> {
        this.pipes.close();
        this.events.close();
        await this.lambda.close();
        for (const service of [this.s3, this.sns, this.sqs, this.dynamoDb]) service.close();
    }
}
