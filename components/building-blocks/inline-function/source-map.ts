import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";

interface SourceMap {
    version: number;
    sources: string[];
    names: string[];
    mappings: string;
}

/**
 * Drops from a source map what points into node_modules: nobody debugs minified libraries from a stack trace, and
 * without them the map is a few kB instead of more than the code.
 */
export function ownSourcesOnly(text: string): string {
    const map = JSON.parse(text) as SourceMap;
    const kept = map.sources.map((source) => !source.includes("node_modules/"));
    const newIndex = kept.map((_, at) => kept.slice(0, at).filter(Boolean).length);
    const keep = (segment: SourceMapSegment): SourceMapSegment => {
        const source = segment[1];
        if (source === undefined || kept[source] !== true) return [segment[0]];
        return [segment[0], newIndex[source] ?? 0, segment[2] ?? 0, segment[3] ?? 0];
    };
    const mappings = decode(map.mappings).map((line) => withoutRepeats(line.map(keep)));
    return JSON.stringify({
        version: 3,
        sources: map.sources.filter((_, at) => kept[at]),
        names: [],
        mappings: encode(mappings),
    });
}

/** One unmapped segment says as much as a run of them. */
function withoutRepeats(line: SourceMapSegment[]): SourceMapSegment[] {
    return line.filter((segment, at) => segment.length > 1 || (at > 0 && (line[at - 1]?.length ?? 1) > 1));
}
