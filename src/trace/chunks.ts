// Memory in chunks: what grows with the run is never copied, and what is old is given back a chunk at a time.

/** Gives back the chunks before `end`: they leave their places empty, so that numbers stay what they are. */
export function dropChunks(chunks: unknown[], end: number): void {
  for (let at = end - 1; at >= 0 && chunks[at] !== undefined; at--) chunks[at] = undefined;
}
