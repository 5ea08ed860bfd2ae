export const expanders: Record<string, any> = {}; export type ExpandedResource=any;
