import { sep } from "node:path";

import { watch } from "chokidar";

/** Editors write several files at once, or one in several steps. */
const SETTLE_MS = 40;

/** Folders whose files are no part of a program, or follow from it. */
const IGNORED = ["node_modules", ".git", ".quintet", ".pulumi"];

/**
 * Calls `onChange` after files of a program have changed, and again after those that change meanwhile.
 * @param ignored Further folders that do not belong to the program.
 * @returns what ends that.
 */
export async function watchProgram(
    directory: string,
    ignored: string[],
    onChange: () => Promise<void>,
): Promise<() => Promise<void>> {
    const isIgnored = (path: string): boolean =>
        IGNORED.some((name) => path.split(sep).includes(name)) ||
        ignored.some((folder) => path === folder || path.startsWith(folder + sep));
    const watcher = watch(directory, { ignored: isIgnored, ignoreInitial: true });
    let timer: NodeJS.Timeout | undefined;
    let isRunning = false;
    let isStale = false;
    const run = async (): Promise<void> => {
        isStale = true;
        if (isRunning) return;
        isRunning = true;
        while (isStale) {
            isStale = false;
            await onChange();
        }
        isRunning = false;
    };
    watcher.on("all", () => {
        clearTimeout(timer);
        timer = setTimeout(() => void run(), SETTLE_MS);
    });
    await new Promise<void>((resolve) => watcher.once("ready", resolve));
    return async () => {
        clearTimeout(timer);
        await watcher.close();
    };
}
