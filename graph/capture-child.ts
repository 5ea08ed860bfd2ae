import { captureGraph, type CaptureOptions } from "./capture";

/** What the parent process sends. */
export interface CaptureRequest {
    stack: string;
    options: CaptureOptions;
}

process.once("message", ({ stack, options }: CaptureRequest) => {
    captureGraph(stack, options).then(
        (graph) => reply({ graph }),
        (error: unknown) => reply({ failure: messageOf(error) }),
    );
});

function messageOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    // What is meant for the user says all in its message; anything else needs to be found in the program.
    const expected = ["SettingsError", "ProjectError", "CallbackError"].includes(error.name);
    return expected ? error.message : (error.stack ?? error.message);
}

function reply(answer: object): void {
    process.send?.(answer, () => process.disconnect());
}
