const FUNCTION_PATH = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;
const STAGE_VARIABLE = /\$\{stageVariables\.([\w]+)\}/g;

/** Puts the stage's variables into an integration's URI; unset ones become empty. */
export function withStageVariables(uri: string, variables: Record<string, string>): string {
    return uri.includes("${") ? uri.replace(STAGE_VARIABLE, (_, name: string) => variables[name] ?? "") : uri;
}

/** The ARN of the function (`:alias` included) that an integration's or authorizer's URI names; undefined for others. */
export function functionArnOf(uri: string): ((variables: Record<string, string>) => string) | undefined {
    const arn = FUNCTION_PATH.exec(uri)?.[1];
    return arn === undefined ? undefined : (variables) => withStageVariables(arn, variables);
}
