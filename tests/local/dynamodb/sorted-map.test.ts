import assert from "node:assert/strict";
import fc from "fast-check";

import { SortedMap } from "../../../local/dynamodb/sorted-map";

const key = fc.integer({ min: 0, max: 3000 }).map((number) => number.toString(16));
const bound = fc.option(key, { nil: undefined });

describe("sorted map", () => {
    it("reads every range as a sorted list of the keys set and not deleted would", () => {
        const steps = fc.array(fc.record({ key, gone: fc.boolean() }), { maxLength: 3000, size: "max" });
        const bounds = fc.record({ gt: bound, gte: bound, lt: bound, lte: bound, reverse: fc.boolean() });
        fc.assert(
            fc.property(steps, fc.array(bounds, { minLength: 1 }), (changes, ranges) => {
                const map = new SortedMap<string>();
                const expected = new Set<string>();
                for (const change of changes) {
                    if (change.gone) {
                        map.delete(change.key);
                        expected.delete(change.key);
                    } else {
                        map.set(change.key, change.key);
                        expected.add(change.key);
                    }
                }
                assert.equal(map.size, expected.size);
                for (const { gt, gte, lt, lte, reverse } of ranges) {
                    // DynamoDB's ranges have one bound at each end.
                    const range = {
                        reverse,
                        ...(gt !== undefined ? { gt } : gte !== undefined ? { gte } : {}),
                        ...(lt !== undefined ? { lt } : lte !== undefined ? { lte } : {}),
                    };
                    const within = [...expected].sort().filter((name) => {
                        const after = gt !== undefined ? name > gt : gte === undefined || name >= gte;
                        return after && (lt !== undefined ? name < lt : lte === undefined || name <= lte);
                    });
                    assert.deepEqual(
                        [...map.range(range)].map(([name]) => name),
                        reverse ? within.reverse() : within,
                    );
                }
            }),
            { numRuns: 40 },
        );
    });
});
