export { Sns, type SnsOptions } from "./sns";
