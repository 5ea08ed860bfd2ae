import Module from "node:module";

const SDK_PACKAGE = /^@(aws-sdk|smithy|aws-crypto)\//;

type Resolve = (request: string, parent: unknown, isMain: boolean, options?: { paths?: string[] }) => string;

/**
 * Lets `require` find the AWS SDK where a function's code comes without it, for AWS's runtime brings it along:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 * @param roots Folders from which installed packages are looked for, in this order.
 */
export function provideAwsSdk(roots: string[]): void {
    const resolve = Reflect.get(Module, "_resolveFilename") as Resolve;
    const resolveOrProvide: Resolve = (request, parent, isMain, options) => {
        try {
            return resolve(request, parent, isMain, options);
        } catch (error) {
            if (!SDK_PACKAGE.test(request)) throw error;
            return resolve(request, parent, isMain, { paths: roots });
        }
    };
    Reflect.set(Module, "_resolveFilename", resolveOrProvide);
}
