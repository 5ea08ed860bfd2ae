import { BlockList, isIP } from "node:net";

import { PatternError } from "./pattern-error";

/**
 * `10.0.0.0/24`, `2001:db8::/32`. EventBridge takes no block of a single address: its rules engine refuses /32 and /128
 * (https://github.com/aws/event-ruler).
 * @throws PatternError
 */
export function cidrTest(block: string): (address: string) => boolean {
    const [network = "", bits = "", ...more] = block.split("/");
    if (bits === "" || more.length > 0) throw new PatternError("Malformed CIDR, one '/' required");
    if (!/^-?\d+$/.test(bits)) throw new PatternError("Malformed CIDR, mask bits must be an integer");
    if (Number(bits) < 0) throw new PatternError("Malformed CIDR, mask bits must not be negative");
    const family = isIP(network);
    if (family === 0) throw new PatternError(`Nonstandard IP address: ${network}`);
    const addressBits = family === 4 ? 32 : 128;
    if (Number(bits) >= addressBits) throw new PatternError(`IPv${family} mask bits must be < ${addressBits}`);
    const list = new BlockList();
    list.addSubnet(network, Number(bits), family === 4 ? "ipv4" : "ipv6");
    return (address) => isIP(address) === family && list.check(address, family === 4 ? "ipv4" : "ipv6");
}
