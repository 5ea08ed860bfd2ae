export { DataDirectoryError, type Owner } from "./data-directory";
export { DiskStore } from "./disk-store";
export { type Kept, MEMORY, type Records, type Store } from "./store";
