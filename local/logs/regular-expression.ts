import { invalidParameter } from "./refusals";

/**
 * AWS's regular expressions are a subset of JavaScript's, without groups.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#regex-expressions
 */
export function regularExpression(source: string): RegExp {
    if (!/^[A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+.\s]+$/.test(source)) {
        throw invalidParameter(`Invalid character(s) in regular expression '${source}'`);
    }
    try {
        return new RegExp(source);
    } catch {
        throw invalidParameter(`Invalid regular expression '${source}'`);
    }
}
