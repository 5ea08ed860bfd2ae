import { resolve } from "node:path";

import { CaptureProcess } from "../graph/capture-process";
import type { Graph } from "../graph/model";
import { ACCOUNT } from "../graph/physical";
import { readProject } from "../graph/project";
import { LocalCloud } from "../local/cloud";
import type { FaultRule } from "../local/faults";
import type { Changes, NotRun } from "../local/materialise";

export interface LocalStackOptions {
    /** Folder of this project. */
    projectRoot: string;
    /** Folder of the Pulumi program to run. Default: this project. */
    program?: string;
    stack: string;
    /** 0 takes any free port. */
    port: number;
    /** Folder that keeps the cloud's state. Default: it ends with the process. */
    data?: string;
    faults?: { rules: FaultRule[]; seed?: number };
    /** Plain values for the stack file's secrets, by qualified key. */
    secrets?: Record<string, string>;
    /** Keep what it takes to capture the program again. Default false. */
    reloads?: boolean;
    /** Told what is being done. */
    onStep?: (step: string) => void;
}

/** A stack that runs in a local cloud of its own. */
export class LocalStack {
    /** As it was captured last, and what of it does not run. */
    graph: Graph;
    notRun: NotRun[] = [];
    readonly #capturing: CaptureProcess;

    /**
     * Captures a stack and runs it. Whatever fails, nothing stays behind.
     * @throws ProjectError, PortError, DataDirectoryError, CaptureError with a message for the user.
     */
    static async start(options: LocalStackOptions): Promise<LocalStack> {
        const directory = resolve(options.program ?? options.projectRoot);
        const { config, name } = readProject(directory, options.stack, options.secrets);
        options.onStep?.(`Capturing the graph of stack ${options.stack}`);
        const cloud = await LocalCloud.start({
            region: config["aws:region"] ?? "us-east-1",
            account: ACCOUNT,
            port: options.port,
            data:
                options.data === undefined ? undefined : { directory: options.data, stack: `${name}/${options.stack}` },
            faults: options.faults,
        });
        const capturing = new CaptureProcess(options.projectRoot, directory);
        try {
            const { stack, secrets } = options;
            const graph = await capturing.capture(stack, { secrets });
            options.onStep?.("Creating its resources");
            const started = new LocalStack(cloud, graph, directory, { capturing, stack, secrets });
            started.notRun = (await cloud.run(graph, directory)).notRun;
            if (options.reloads !== true) capturing.close();
            return started;
        } catch (error) {
            capturing.close();
            await cloud.close();
            throw error;
        }
    }

    private constructor(
        readonly cloud: LocalCloud,
        graph: Graph,
        readonly directory: string,
        private readonly source: {
            capturing: CaptureProcess;
            stack: string;
            secrets: Record<string, string> | undefined;
        },
    ) {
        this.graph = graph;
        this.#capturing = source.capturing;
    }

    /**
     * Captures the program as it is now and applies what has changed; what has not goes on undisturbed.
     * @throws CaptureError when the program does not run; then all stays as it was.
     */
    async reload(): Promise<Changes> {
        const { stack, secrets } = this.source;
        const graph = await this.#capturing.capture(stack, { secrets });
        if (graph.region !== this.graph.region) {
            throw new Error(
                `The stack has moved to ${graph.region}. Start it again: a running cloud stays in its region.`,
            );
        }
        const { changes, notRun } = await this.cloud.run(graph, this.directory);
        this.graph = graph;
        this.notRun = notRun;
        return changes;
    }

    async close(): Promise<void> {
        this.#capturing.close();
        await this.cloud.close();
    }
}
