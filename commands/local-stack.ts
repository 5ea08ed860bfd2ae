import { captureInProcess } from "../graph/capture-process";
import type { Graph } from "../graph/model";
import { ACCOUNT } from "../graph/physical";
import { readProject } from "../graph/project";
import { LocalCloud } from "../local/cloud";
import type { NotRun } from "../local/materialise";

export interface LocalStackOptions {
    /** Folder of this project. */
    projectRoot: string;
    /** Folder of the Pulumi program to run. Default: this project. */
    program?: string;
    stack: string;
    /** 0 takes any free port. */
    port: number;
    /** Plain values for the stack file's secrets, by qualified key. */
    secrets?: Record<string, string>;
    /** Told what is being done. */
    onStep?: (step: string) => void;
}

/** A stack that runs in a local cloud of its own. */
export interface LocalStack {
    cloud: LocalCloud;
    graph: Graph;
    notRun: NotRun[];
}

/**
 * Captures a stack and runs it. Whatever fails, nothing stays behind.
 * @throws ProjectError, PortError, CaptureError with a message for the user.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
    const directory = options.program ?? options.projectRoot;
    const { config } = readProject(directory, options.stack, options.secrets);
    options.onStep?.(`Capturing the graph of stack ${options.stack}`);
    const cloud = await LocalCloud.start({
        region: config["aws:region"] ?? "us-east-1",
        account: ACCOUNT,
        port: options.port,
    });
    try {
        const graph = await captureInProcess(options.projectRoot, options.stack, {
            program: directory,
            secrets: options.secrets,
        });
        options.onStep?.("Creating its resources");
        const notRun = await cloud.run(graph, directory);
        return { cloud, graph, notRun };
    } catch (error) {
        await cloud.close();
        throw error;
    }
}
