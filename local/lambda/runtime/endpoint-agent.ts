import { Agent } from "node:http";
import type { Socket } from "node:net";
import { MessageChannel, type MessagePort } from "node:worker_threads";

import { PortSocket } from "./port-socket";

/** Takes a function's requests to the local endpoint, which is in another thread of this process. */
export class EndpointAgent extends Agent {
    /** @param connect Gives the endpoint its end of a new connection. */
    constructor(private readonly connect: (port: MessagePort) => void) {
        super({ keepAlive: true });
    }

    /** Whether code may be waiting for an answer. */
    get isBusy(): boolean {
        return Object.keys(this.sockets).length > 0;
    }

    override createConnection(): Socket {
        const { port1, port2 } = new MessageChannel();
        this.connect(port2);
        return new PortSocket(port1);
    }
}
