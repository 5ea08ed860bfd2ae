import {
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, sep } from "node:path";

import { unzipSync } from "fflate";

import { ARCHIVE, ASSET, type GraphValue } from "../../graph/model";

type Entries = Record<string, GraphValue>;

const PACKAGES = `${sep}node_modules${sep}`;

/** Folders with functions' code: those of the program where it lies in one as it is, temporary ones otherwise. */
export class CodeFolders {
    readonly #temporary: string[] = [];

    /**
     * @returns a folder that holds the archive's files.
     * @throws Error when the archive is of a kind that only AWS can read.
     */
    folderOf(code: GraphValue | undefined): string {
        const archive = member(code ?? null, ARCHIVE);
        if (archive === undefined) throw new Error("its code must be an archive of this machine");
        const { path, assets } = archive;
        if (typeof path === "string") return this.#ofPath(path);
        if (typeof assets === "object" && assets !== null && !Array.isArray(assets)) {
            return inPlace(assets) ?? this.#written(assets);
        }
        throw new Error("its archive must be a folder, a .zip file or a set of files");
    }

    removeAll(): void {
        for (const folder of this.#temporary.splice(0)) rmSync(folder, { recursive: true, force: true });
    }

    #ofPath(path: string): string {
        if (!existsSync(path)) throw new Error(`its code ${path} does not exist`);
        if (statSync(path).isDirectory()) return path;
        const folder = this.#temporaryFolder();
        for (const [name, content] of Object.entries(unzipSync(readFileSync(path)))) {
            if (name.endsWith("/")) continue;
            write(inside(folder, name), content);
        }
        return folder;
    }

    #written(assets: Entries): string {
        const folder = this.#temporaryFolder();
        for (const [name, value] of Object.entries(assets)) this.#writeEntry(inside(folder, name), value);
        return folder;
    }

    #writeEntry(target: string, value: GraphValue): void {
        const asset = member(value, ASSET);
        if (asset !== undefined) {
            if (typeof asset["path"] === "string") write(target, readFileSync(asset["path"]));
            else write(target, String(asset["text"] ?? ""));
            return;
        }
        const folder = this.folderOf(value);
        mkdirSync(dirname(target), { recursive: true });
        // Thousands of files of installed packages, which nobody changes.
        if (target.includes(PACKAGES)) symlinkSync(folder, target);
        else cpSync(folder, target, { recursive: true, dereference: true });
    }

    #temporaryFolder(): string {
        const folder = mkdtempSync(join(tmpdir(), "quintet-function-"));
        this.#temporary.push(folder);
        return folder;
    }
}

/** The folder itself, where the archive is made of its files under their own names. */
function inPlace(assets: Entries): string | undefined {
    const paths = Object.entries(assets).map(([name, value]) => {
        const path = member(value, ASSET)?.["path"];
        return typeof path === "string" && basename(path) === name ? dirname(path) : undefined;
    });
    const [folder] = paths;
    if (folder === undefined || paths.some((each) => each !== folder)) return undefined;
    return readdirSync(folder).length === paths.length ? folder : undefined;
}

function member(value: GraphValue, marker: string): Entries | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const inner = value[marker];
    return typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : undefined;
}

/**
 * Packages of a workspace lie above the program, and so do their names in the archive.
 * @throws Error when any other name leads out of the folder.
 */
function inside(folder: string, name: string): string {
    const path = join(folder, name.replace(/^(\.\.\/)+(?=node_modules\/)/, ""));
    if (!path.startsWith(folder + sep)) throw new Error(`its archive has a file outside of itself: ${name}`);
    return path;
}

function write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
}
