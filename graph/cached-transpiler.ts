import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import ts from "typescript";

interface Transpiled {
    outputText: string;
    sourceMapText?: string;
}

/**
 * Compiles as ts-node does by itself, but each content once: a program is captured many times and changes seldom.
 * https://typestrong.org/ts-node/docs/transpilers/
 */
export function create({ service }: { service: { config: { options: ts.CompilerOptions } } }): {
    transpile(input: string, options: { fileName: string }): Transpiled;
} {
    const compilerOptions = service.config.options;
    const folder = join(process.cwd(), ".quintet", "transpiled");
    mkdirSync(folder, { recursive: true });
    const sameForAll = ts.version + JSON.stringify(compilerOptions);
    return {
        transpile(input, { fileName }) {
            const key = createHash("sha256").update(sameForAll).update(fileName).update(input).digest("hex");
            const path = join(folder, `${key.slice(0, 32)}.json`);
            const kept = read(path);
            if (kept !== undefined) return kept;
            const { outputText, sourceMapText } = ts.transpileModule(input, { fileName, compilerOptions });
            keep(path, { outputText, sourceMapText });
            return { outputText, sourceMapText };
        },
    };
}

function read(path: string): Transpiled | undefined {
    try {
        return JSON.parse(readFileSync(path, "utf8")) as Transpiled;
    } catch {
        return undefined;
    }
}

/** Whole or not at all: another process may read it at this moment. */
function keep(path: string, transpiled: Transpiled): void {
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(transpiled));
    renameSync(draft, path);
}
