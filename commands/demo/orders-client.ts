import { DemoError } from "./step";

export interface Answer {
    status: number;
    headers: Headers;
    /** Members of the JSON body; empty where there is none. */
    body: Record<string, unknown>;
}

export interface Call {
    method?: string;
    headers?: Record<string, string>;
    body?: unknown;
}

/** Calls the Orders API as one user, over HTTP as anybody would. */
export class OrdersClient {
    constructor(
        private readonly baseUrl: string,
        /** Access token; without one the calls are anonymous. */
        private readonly token?: string,
    ) {}

    async call(path: string, { method = "GET", headers = {}, body }: Call = {}): Promise<Answer> {
        const response = await fetch(this.baseUrl + path, {
            method,
            headers: {
                ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
                ...(body === undefined ? {} : { "content-type": "application/json" }),
                ...headers,
            },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await response.text();
        return { status: response.status, headers: response.headers, body: text === "" ? {} : parse(text) };
    }

    /** @throws DemoError, with what was answered, unless it has this status. */
    async expect(status: number, path: string, call: Call = {}): Promise<Answer> {
        const answer = await this.call(path, call);
        if (answer.status !== status) {
            const what = `${call.method ?? "GET"} ${path}`;
            throw new DemoError(
                `${what} should answer ${status}, but it answers ${answer.status}: ${JSON.stringify(answer.body)}`,
            );
        }
        return answer;
    }
}

function parse(text: string): Record<string, unknown> {
    try {
        return JSON.parse(text) as Record<string, unknown>;
    } catch {
        return { text };
    }
}
