import { Socket } from "node:net";
import type { MessagePort } from "node:worker_threads";

/** Text with one character per byte, which threads pass to each other faster than bytes; null ends the stream. */
type PortMessage = string | null;

/**
 * A connection between two threads that Node's HTTP client and server take for one over TCP, at a fraction of what
 * the machine's network would cost.
 */
export class PortSocket extends Socket {
    override readonly remoteAddress = "127.0.0.1";
    readonly #port: MessagePort;

    constructor(port: MessagePort) {
        super();
        this.#port = port;
        port.on("message", (message: PortMessage) => this.push(message, "latin1"));
        port.on("close", () => this.destroy());
    }

    // What a socket of the machine's is asked for has no meaning here.
    override setKeepAlive(): this {
        return this;
    }

    override setNoDelay(): this {
        return this;
    }

    override ref(): this {
        this.#port.ref();
        return this;
    }

    override unref(): this {
        this.#port.unref();
        return this;
    }

    override _read(): void {
        // The other side sends when it has something.
    }

    override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
        this.#port.postMessage(latin1(chunk, encoding));
        done();
    }

    override _writev(chunks: { chunk: Buffer | string; encoding: BufferEncoding }[], done: () => void): void {
        this.#port.postMessage(chunks.map(({ chunk, encoding }) => latin1(chunk, encoding)).join(""));
        done();
    }

    override _final(done: () => void): void {
        this.#port.postMessage(null satisfies PortMessage);
        done();
    }

    override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
        this.#port.close();
        super._destroy(error, done);
    }
}

function latin1(chunk: Buffer | string, encoding: BufferEncoding): string {
    if (typeof chunk !== "string") return chunk.toString("latin1");
    return encoding === "latin1" ? chunk : Buffer.from(chunk, encoding).toString("latin1");
}
