export { readPath } from "./json-path";
export { fillTemplate, type VariableSyntax } from "./template";
