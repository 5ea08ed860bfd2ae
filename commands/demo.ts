import { BusWatch } from "./demo/bus-watch";
import { ordersScenario } from "./demo/orders-scenario";
import { SignIn } from "./demo/sign-in";
import { DemoError, runSteps } from "./demo/step";
import { LocalStack } from "./local-stack";
import { run } from "./run";
import { ordersApiUrl } from "./showcase/api-first";
import { componentsOf, textOutput } from "./showcase/inside";
import { Progress, styleFor } from "./terminal";
import type { Usage } from "./usage";

const usage: Usage = {
    command: "npm run demo",
    summary: "Runs a stack on a free port, drives its Orders API through a scenario and checks every answer.",
    options: { stack: { value: "<name>", help: "The stack to run (default: dev)." } },
};

void run(usage, async (given) => {
    const started = performance.now();
    const progress = new Progress();
    const local = await LocalStack.start({
        projectRoot: process.cwd(),
        stack: given.text("stack") ?? "dev",
        port: 0,
        onStep: (step) => progress.step(step),
    }).finally(() => progress.clear());
    const style = styleFor(process.stdout);
    try {
        const { baseUrl, signIn } = addressesOf(local);
        process.stdout.write(`${style.bold("Orders API")} at ${baseUrl}\n\n`);
        await runSteps(ordersScenario(baseUrl, signIn, new BusWatch(local.cloud, local.graph)), process.stdout, style);
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        process.stdout.write(`\n${style.good("All as it should be")}, in ${seconds} s.\n`);
        return 0;
    } finally {
        await local.close();
    }
});

function addressesOf({ cloud, graph }: LocalStack): { baseUrl: string; signIn: SignIn } {
    const [api] = componentsOf(graph, "quintet:architectures:ApiFirst");
    const client = api?.first("aws:cognito/userPoolClient:UserPoolClient");
    if (api === undefined || client === undefined) {
        throw new DemoError(
            `The demo signs users in at the API-first architecture, and stack "${graph.stack}" has no such user pool. ` +
                "Select quintet:architectures.apiFirst with auth: cognito, or name another stack with --stack.",
        );
    }
    return {
        baseUrl: ordersApiUrl(api, cloud),
        signIn: new SignIn({
            endpoint: cloud.url,
            region: graph.region,
            userPoolId: textOutput(client, "userPoolId"),
            clientId: client.id,
        }),
    };
}
