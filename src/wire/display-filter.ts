// stub
export function parseFilter(_t: string): { matches(d: import('./dissection.js').Dissection): boolean } | { error: string; position: number } { return { matches: () => true }; }
