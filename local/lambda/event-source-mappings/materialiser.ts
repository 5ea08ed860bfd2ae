import type { GraphValue, Properties, Resource } from "../../../graph/model";
import type { JsonObject, Materialiser } from "../../service";
import type { EventSourceMappings } from "./event-source-mappings";

/** `aws:lambda/eventSourceMapping:EventSourceMapping` */
export function mappingMaterialiser(mappings: EventSourceMappings): Materialiser {
    const put = ({ id, inputs }: Resource): void => {
        const tumbling = inputs["tumblingWindowInSeconds"];
        if (typeof tumbling === "number" && tumbling > 0) throw new Error("tumbling windows do not run locally");
        mappings.put(id, apiInput(inputs));
    };
    return { create: put, update: put, delete: ({ id }) => void mappings.delete(id) };
}

/** The provider's inputs in the form that Lambda's API has them. */
function apiInput(inputs: Properties): JsonObject {
    const { bisectBatchOnFunctionError, startingPositionTimestamp, filterCriteria, destinationConfig } = inputs;
    const onFailure = record(record(destinationConfig)["onFailure"])["destinationArn"];
    const filters = record(filterCriteria)["filters"];
    return {
        EventSourceArn: inputs["eventSourceArn"],
        FunctionName: inputs["functionName"],
        Enabled: inputs["enabled"],
        BatchSize: inputs["batchSize"],
        MaximumBatchingWindowInSeconds: inputs["maximumBatchingWindowInSeconds"],
        StartingPosition: inputs["startingPosition"],
        StartingPositionTimestamp: startingPositionTimestamp,
        ParallelizationFactor: inputs["parallelizationFactor"],
        MaximumRetryAttempts: inputs["maximumRetryAttempts"],
        MaximumRecordAgeInSeconds: inputs["maximumRecordAgeInSeconds"],
        BisectBatchOnFunctionError: bisectBatchOnFunctionError,
        FunctionResponseTypes: inputs["functionResponseTypes"],
        FilterCriteria: {
            Filters: (Array.isArray(filters) ? filters : []).map((filter) => ({ Pattern: record(filter)["pattern"] })),
        },
        DestinationConfig: { OnFailure: { Destination: onFailure } },
        ScalingConfig: { MaximumConcurrency: record(inputs["scalingConfig"])["maximumConcurrency"] },
    };
}

function record(value: GraphValue | undefined): Record<string, GraphValue | undefined> {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
