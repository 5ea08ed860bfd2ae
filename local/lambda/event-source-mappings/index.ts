export { EventSourceMappings, type EventSources } from "./event-source-mappings";
export { mappingMaterialiser } from "./materialiser";
export { mappingRoutes } from "./operations";
