export { compilePattern, type EventPredicate, PatternError } from "./pattern";
