import type { GraphValue, Properties, Resource } from "../../../graph/model";
import { VirtualClock } from "../../../local/clock";
import { ApiGateway, type ApiGatewayOptions } from "../../../local/apigateway";
import { Iam } from "../../../local/iam";
import type { HttpResponse } from "../../../local/service";

export const REGION = "eu-west-1";
export const ACCOUNT = "123456789012";
const API = "api1234567";

export const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:fn`;
export const FUNCTION_URI = `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`;

type Json = Record<string, unknown>;

export const PROXY = {
    "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: FUNCTION_URI },
};

export interface Ask {
    /** Default `live`. */
    stage?: string;
    method?: string;
    path?: string;
    query?: string;
    headers?: Record<string, string>;
    body?: string | Buffer;
}

/** One API with the stage `live`, in front of functions that the test answers for. */
export class GatewayFixture {
    readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
    readonly iam = new Iam({ clock: this.clock, account: ACCOUNT });
    readonly logs: string[] = [];
    /** Events that functions got. */
    readonly events: Json[] = [];
    /** What functions answer; the event is given. */
    answer: (event: Json, functionArn: string) => unknown = () => ({ statusCode: 200, body: "ok" });
    readonly gateway: ApiGateway;

    constructor(options: Partial<ApiGatewayOptions> = {}) {
        this.gateway = new ApiGateway({
            clock: this.clock,
            region: REGION,
            account: ACCOUNT,
            iam: this.iam,
            logs: { put: (_group, _stream, messages) => void this.logs.push(...messages) },
            functions: {
                invoke: async ({ payload, functionArn }) => {
                    const event = JSON.parse(payload) as Json;
                    this.events.push(event);
                    try {
                        return { payload: JSON.stringify((await this.answer(event, functionArn)) ?? null) };
                    } catch (error) {
                        if (error instanceof Error && error.name !== "FunctionError") throw error;
                        return { payload: JSON.stringify({ errorMessage: String(error) }), functionError: "Unhandled" };
                    }
                },
            },
            userPools: {
                verify: async (token) => {
                    const [valid, scope = "", use = "access"] = token.split("|");
                    return valid === "valid"
                        ? { claims: { sub: "ada", scope, token_use: use } }
                        : { reason: "invalid" };
                },
            },
            ...options,
        });
    }

    /** Deploys an API of these paths at the stage `live`. */
    async deploy(paths: Json, more: Json = {}, stage: Properties = {}): Promise<void> {
        const body = JSON.stringify({ swagger: "2.0", info: { title: "test", version: "1" }, paths, ...more });
        await this.create("aws:apigateway/restApi:RestApi", API, { body, name: "test" });
        await this.create("aws:apigateway/deployment:Deployment", "d1", { restApi: API });
        await this.create("aws:apigateway/stage:Stage", "live", {
            restApi: API,
            deployment: "d1",
            stageName: "live",
            ...stage,
        });
    }

    async create(
        type: string,
        id: string,
        inputs: Record<string, GraphValue>,
        outputs: Properties = {},
    ): Promise<void> {
        const resource = { type, name: id, id, inputs, outputs: { name: id, ...outputs } };
        await this.gateway.materialisers[type]?.create(resource as unknown as Resource);
    }

    async ask(ask: Ask = {}): Promise<HttpResponse> {
        const { stage = "live", method = "GET", path = "/", query = "", headers = {}, body = "" } = ask;
        const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
        const response = this.gateway.route({
            method,
            path: `/_api/${API}/${stage}${path}`,
            query,
            rawHeaders: Object.entries(headers).flat(),
            headers: lower,
            body: typeof body === "string" ? Buffer.from(body) : body,
            sourceIp: "127.0.0.1",
        });
        if (response === undefined) throw new Error("The gateway did not take the request.");
        return response;
    }

    get restApi(): string {
        return API;
    }
}

export function header(response: HttpResponse, name: string): string | undefined {
    const found = Object.entries(response.headers).find(([each]) => each.toLowerCase() === name.toLowerCase());
    return found === undefined ? undefined : String(found[1]);
}

export function json(response: HttpResponse): Json {
    return JSON.parse(String(response.body)) as Json;
}
