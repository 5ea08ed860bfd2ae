export { printJson } from "./json";
export { type MermaidOptions, printMermaid } from "./mermaid";
export { shortType } from "./short-type";
export { printTree, type TreeOptions } from "./tree";
