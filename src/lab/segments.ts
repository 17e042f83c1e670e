// Which interfaces hear each other's broadcasts: everything that cables and switches join.

/** Sets that grow together (union-find). */
export class Segments {
  private readonly parents = new Map<string, string>();

  rootOf(name: string): string {
    let root = name;
    for (let parent = this.parents.get(root); parent !== undefined; parent = this.parents.get(root))
      root = parent;
    // Short ways for the next time.
    for (let at = name; at !== root; ) {
      const next = this.parents.get(at) as string;
      this.parents.set(at, root);
      at = next;
    }
    return root;
  }

  join(a: string, b: string): void {
    const [rootA, rootB] = [this.rootOf(a), this.rootOf(b)];
    if (rootA !== rootB) this.parents.set(rootA, rootB);
  }
}
