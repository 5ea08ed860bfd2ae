import type { Expander } from "./expander";
import { restApi } from "./rest-api";

export { type ExpandedResource, ExpansionError } from "./expander";

/** By the component's type. */
export const expanders: Record<string, Expander> = {
    "aws-apigateway:index:RestAPI": restApi,
};
