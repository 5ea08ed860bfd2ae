import type { AsyncLocalStorage } from "node:async_hooks";

import * as pulumi from "@pulumi/pulumi";

/**
 * The SDK keeps a run's state in an AsyncLocalStorage, so that the Automation API can run several programs in one
 * process. Its types are internal; these are the parts that a capture needs.
 */
interface RuntimeState {
    LocalStore: new () => object;
}

declare global {
    var asyncLocalStorage: AsyncLocalStorage<object>;
}

export interface RuntimeSettings {
    project: string;
    stack: string;
    config: Record<string, string>;
    secretKeys: string[];
    /** Stands in for the engine's resource monitor. */
    monitor: object;
}

/** Runs `action` with a Pulumi runtime of its own: stack, config, monitor and pending registrations. */
export function inFreshRuntime<T>(settings: RuntimeSettings, action: () => Promise<T>): Promise<T> {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it ships no type declarations
    const { LocalStore } = require("@pulumi/pulumi/runtime/state") as RuntimeState;
    const store = new LocalStore();
    return globalThis.asyncLocalStorage.run(store, () => {
        pulumi.runtime.setMockOptions(settings.monitor, settings.project, settings.stack, false, "organization");
        // The SDK asks an engine for these when it connects. Without output values, a property's dependencies
        // still arrive with each registration; without transforms, nothing needs a callback server.
        Object.assign(store, {
            supportsSecrets: true,
            supportsResourceReferences: true,
            supportsDeletedWith: true,
            supportsReplaceWith: true,
            supportsAliasSpecs: true,
            supportsParameterization: true,
        });
        pulumi.runtime.setAllConfig(settings.config, settings.secretKeys);
        return action();
    });
}
