import assert from "node:assert/strict";
import { join } from "node:path";

import { type OrdersClient as Client, OrdersClient } from "../../commands/demo/orders-client";
import { SignIn } from "../../commands/demo/sign-in";
import { ordersApiUrl } from "../../commands/showcase/api-first";
import { componentsOf, type Inside, textOutput } from "../../commands/showcase/inside";
import { captureGraph } from "../../graph/capture";
import type { Graph } from "../../graph/model";
import { LocalCloud, type LocalCloudOptions } from "../../local/cloud";

const ROOT = join(__dirname, "..", "..");

/** A stack of this project that runs on a free port. */
export class RunningStack {
    private constructor(
        readonly cloud: LocalCloud,
        readonly graph: Graph,
        readonly api: Inside,
    ) {}

    /** @param apiFirst Settings of the API-first architecture over those of stack dev. */
    static async start(
        apiFirst: unknown,
        options: Pick<LocalCloudOptions, "clock" | "faults"> = {},
    ): Promise<RunningStack> {
        const graph = await captureGraph("dev", { config: { "quintet:architectures": { apiFirst } } });
        const { region, account } = graph;
        const cloud = await LocalCloud.start({ region, account, port: 0, ...options });
        try {
            await cloud.run(graph, ROOT);
        } catch (error) {
            await cloud.close();
            throw error;
        }
        const [api] = componentsOf(graph, "quintet:architectures:ApiFirst");
        assert.ok(api);
        return new RunningStack(cloud, graph, api);
    }

    get ordersUrl(): string {
        return ordersApiUrl(this.api, this.cloud);
    }

    get ordersTable(): string {
        return String(this.graph.outputs["ordersTable"]);
    }

    anonymous(): Client {
        return new OrdersClient(this.ordersUrl);
    }

    /** A new user who has signed up and in. */
    async customer(email: string, group?: string): Promise<Client> {
        return new OrdersClient(this.ordersUrl, await this.token(email, group));
    }

    token(email: string, group?: string): Promise<string> {
        const client = this.api.first("aws:cognito/userPoolClient:UserPoolClient");
        assert.ok(client, "The stack has no user pool.");
        const signIn = new SignIn({
            endpoint: this.cloud.url,
            region: this.graph.region,
            userPoolId: textOutput(client, "userPoolId"),
            clientId: client.id,
        });
        return signIn.newUser(email, group);
    }

    /** For SDK clients: the endpoint, as the account's administrator. */
    get administrator(): {
        endpoint: string;
        region: string;
        credentials: { accessKeyId: string; secretAccessKey: string };
    } {
        return {
            endpoint: this.cloud.url,
            region: this.graph.region,
            credentials: { accessKeyId: "local", secretAccessKey: "local" },
        };
    }

    close(): Promise<void> {
        return this.cloud.close();
    }
}

/** An order that v1 accepts. */
export const ORDER = { currency: "EUR", items: [{ sku: "TEA-EARL-GREY", quantity: 2, unitPrice: 4.5 }] };

/** A request to place it. */
export function placing(
    key: string,
    body: unknown = ORDER,
): { method: string; headers: Record<string, string>; body: unknown } {
    return { method: "POST", headers: { "idempotency-key": key }, body };
}
