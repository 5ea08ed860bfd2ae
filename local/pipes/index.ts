export { Pipes, type PipesOptions } from "./pipes";
