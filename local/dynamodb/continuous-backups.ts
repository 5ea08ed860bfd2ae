import type { Clock } from "../clock";
import { ServiceError } from "../errors";
import type { JsonObject } from "../service";
import { isObject, requiredText } from "./names";
import type { Storage } from "./storage";
import type { Table } from "./table";
import type { Tables } from "./tables";

const LONGEST_PERIOD_DAYS = 35;
const DAY_MS = 24 * 60 * 60 * 1000;
/** The latest restorable time is typically five minutes before now. */
const RESTORE_LAG_MS = 5 * 60 * 1000;

/** The setting of point-in-time recovery; nothing is kept that could be restored. */
export class ContinuousBackups {
    constructor(
        private readonly storage: Storage,
        private readonly tables: Tables,
        private readonly clock: Clock,
    ) {}

    describe(input: JsonObject): JsonObject {
        return this.#describe(this.tables.find(requiredText(input, "TableName")));
    }

    update(input: JsonObject): JsonObject {
        const table = this.tables.find(requiredText(input, "TableName"));
        const specification = isObject(input["PointInTimeRecoverySpecification"])
            ? input["PointInTimeRecoverySpecification"]
            : {};
        const { PointInTimeRecoveryEnabled: enabled, RecoveryPeriodInDays: days = LONGEST_PERIOD_DAYS } = specification;
        if (typeof days !== "number" || days < 1 || days > LONGEST_PERIOD_DAYS) {
            throw new ServiceError("ValidationException", "RecoveryPeriodInDays must be between 1 and 35");
        }
        const { enabledAt = this.clock.now() } = table.pointInTimeRecovery ?? {};
        table.pointInTimeRecovery = enabled === true ? { enabledAt, periodInDays: days } : undefined;
        this.storage.saveTable(table);
        return this.#describe(table);
    }

    #describe({ pointInTimeRecovery: recovery }: Table): JsonObject {
        const now = this.clock.now();
        const description =
            recovery === undefined
                ? { PointInTimeRecoveryStatus: "DISABLED" }
                : {
                      PointInTimeRecoveryStatus: "ENABLED",
                      RecoveryPeriodInDays: recovery.periodInDays,
                      EarliestRestorableDateTime:
                          Math.max(recovery.enabledAt, now - recovery.periodInDays * DAY_MS) / 1000,
                      LatestRestorableDateTime: Math.max(recovery.enabledAt, now - RESTORE_LAG_MS) / 1000,
                  };
        return {
            ContinuousBackupsDescription: {
                ContinuousBackupsStatus: "ENABLED",
                PointInTimeRecoveryDescription: description,
            },
        };
    }
}
