export { Events, type EventsOptions } from "./events";
