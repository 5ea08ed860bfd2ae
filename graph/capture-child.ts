import * as pulumi from "@pulumi/pulumi";

import { captureGraph, type CaptureOptions } from "./capture";
import { ExpansionError } from "./expanders";
import type { Graph } from "./model";
import { ProjectError } from "./project";

/** What the parent process sends, each time that it wants the program captured. */
export interface CaptureRequest {
    stack: string;
    options: CaptureOptions;
}

export type CaptureAnswer = { graph: Graph } | { failure: string };

process.on("message", ({ stack, options }: CaptureRequest) => {
    captureGraph(stack, options).then(
        (graph) => reply({ graph }),
        (error: unknown) => reply({ failure: messageOf(error) }),
    );
});

// Whatever the program has left running.
process.on("disconnect", () => process.exit());

function messageOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    // What is meant for the user says all in its message; anything else needs to be found in the program.
    return isForTheUser(error) ? error.message : (error.stack ?? error.message);
}

function isForTheUser(error: Error): boolean {
    // In one line, the type guard of RunError would take the other two types for impossible.
    const isRunError: boolean = pulumi.RunError.isInstance(error);
    return isRunError || error instanceof ProjectError || error instanceof ExpansionError;
}

function reply(answer: CaptureAnswer): void {
    process.send?.(answer);
}
