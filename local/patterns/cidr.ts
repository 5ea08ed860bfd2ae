import { BlockList, isIP } from "node:net";

import { PatternError } from "./pattern-error";

/**
 * `10.0.0.0/24`, `2001:db8::/32`
 * @throws PatternError
 */
export function cidrTest(block: string): (address: string) => boolean {
    const [network = "", bits = ""] = block.split("/");
    const family = isIP(network);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || !/^\d+$/.test(bits) || Number(bits) > most) {
        throw new PatternError(`Malformed CIDR, one '/' required: ${block}`);
    }
    const list = new BlockList();
    list.addSubnet(network, Number(bits), family === 4 ? "ipv4" : "ipv6");
    return (address) => isIP(address) === family && list.check(address, family === 4 ? "ipv4" : "ipv6");
}
