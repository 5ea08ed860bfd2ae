/** What an AWS service answers when it refuses a request. */
export class ServiceError extends Error {
    /**
     * @param name The service's own error name, for example `ConditionalCheckFailedException`.
     * @param message What the caller reads.
     * @param status HTTP status; AWS uses 400 for most client errors.
     * @param fields Members of the error shape besides the message, for example `CancellationReasons`.
     */
    constructor(
        name: string,
        message: string,
        readonly status: number = 400,
        readonly fields: Record<string, unknown> = {},
    ) {
        super(message);
        this.name = name;
    }
}
