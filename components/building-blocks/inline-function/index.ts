export { InlineFunction, type InlineFunctionArgs, type LambdaHandler } from "./inline-function";
export { CallbackError } from "./serialize";
