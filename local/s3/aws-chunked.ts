import { refusals } from "./errors";

const END_OF_LINE = Buffer.from("\r\n");

/**
 * The bytes of a body that was sent in chunks, each with its size and perhaps a signature before it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function decodeAwsChunked(body: Buffer): Buffer {
    const chunks: Buffer[] = [];
    for (let at = 0; ;) {
        const lineEnd = body.indexOf(END_OF_LINE, at);
        const size = parseInt(body.toString("latin1", at, Math.max(lineEnd, at)), 16);
        const from = lineEnd + END_OF_LINE.length;
        if (lineEnd < 0 || Number.isNaN(size) || from + size > body.length) {
            throw refusals.invalidArgument("The body is not in the chunks that its headers announce.");
        }
        if (size === 0) return Buffer.concat(chunks);
        chunks.push(body.subarray(from, from + size));
        at = from + size + END_OF_LINE.length;
    }
}
