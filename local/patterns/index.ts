export { compilePattern, compilePatternText, type EventPredicate, PatternError } from "./pattern";
