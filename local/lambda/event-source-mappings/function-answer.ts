/** What a mapping's function has answered. */
export interface FunctionAnswer {
    /** JSON text. */
    payload: string;
    functionError?: string;
    executedVersion: string;
}
