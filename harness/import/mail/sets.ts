/** Things that were said to belong together. */
export class DisjointSets<T> {
  private readonly parents = new Map<T, T>();

  /** The one that stands for all that belong to it. */
  find(item: T): T {
    let top = item;
    for (let up = this.parents.get(top); up !== undefined; up = this.parents.get(top)) top = up;
    // The next search is short.
    for (let at = item; at !== top; ) {
      const up = this.parents.get(at) ?? top;
      this.parents.set(at, top);
      at = up;
    }
    return top;
  }

  join(one: T, other: T): void {
    const [top, second] = [this.find(one), this.find(other)];
    if (top !== second) this.parents.set(second, top);
  }
}
