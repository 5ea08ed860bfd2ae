import type { JsonObject, RestRequest, RestRoute, RestService } from "../service";
import type { Pipes, RunningPipe } from "./pipes";

/** https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_Operations.html */
export function pipesService(pipes: Pipes, { region, account }: { region: string; account: string }): RestService {
    const nameOf = (request: RestRequest): string => request.path["Name"] ?? "";
    const onPipe = (
        action: string,
        method: string,
        path: string,
        run: (running: RunningPipe) => JsonObject,
    ): RestRoute => ({
        method,
        path,
        access: (request) => [
            { action: `pipes:${action}`, resource: `arn:aws:pipes:${region}:${account}:pipe/${nameOf(request)}` },
        ],
        run: (request) => ({ status: 200, body: run(pipes.find(nameOf(request))) }),
    });
    return {
        protocol: "rest",
        signingName: "pipes",
        routes: [
            {
                method: "GET",
                path: "/v1/pipes",
                access: () => [{ action: "pipes:ListPipes", resource: "*" }],
                run: () => ({ status: 200, body: { Pipes: pipes.all.map(summary) } }),
            },
            onPipe("DescribePipe", "GET", "/v1/pipes/{Name}", description),
            onPipe("StartPipe", "POST", "/v1/pipes/{Name}/start", (running) => {
                pipes.start(running);
                return summary(running);
            }),
            onPipe("StopPipe", "POST", "/v1/pipes/{Name}/stop", (running) => {
                pipes.stop(running);
                return summary(running);
            }),
        ],
    };
}

function summary({ pipe: { settings }, createdAt }: RunningPipe): JsonObject {
    const state = settings.isRunning ? "RUNNING" : "STOPPED";
    return {
        Name: settings.name,
        Arn: settings.arn,
        DesiredState: state,
        CurrentState: state,
        CreationTime: createdAt / 1000,
        LastModifiedTime: createdAt / 1000,
        Source: settings.source,
        Enrichment: settings.enrichment,
        Target: settings.target,
    };
}

function description(running: RunningPipe): JsonObject {
    const { settings } = running.pipe;
    return { ...summary(running), Description: settings.description, RoleArn: settings.roleArn, Tags: settings.tags };
}
