/** `aws:dynamodb/table:Table` is `dynamodb.Table` to a reader, `aws-apigateway:index:RestAPI` `aws-apigateway.RestAPI`. */
export function shortType(type: string): string {
    const [pkg = "", module = "", name] = type.split(":");
    if (name === undefined) return type;
    return `${module === "index" ? pkg : module.split("/")[0]}.${name}`;
}
