/** A priority queue: the item with the lowest number comes first. */
export class MinHeap<Item> {
  readonly #items: { readonly at: number; readonly item: Item }[] = [];

  get first(): { readonly at: number; readonly item: Item } | undefined {
    return this.#items[0];
  }

  push(at: number, item: Item): void {
    const items = this.#items;
    let index = items.push({ at, item }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#at(parent) <= at) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  pop(): Item | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first?.item;
    items[0] = last;
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const lesser = right < items.length && this.#at(right) < this.#at(left) ? right : left;
      if (lesser >= items.length || this.#at(lesser) >= last.at) break;
      this.#swap(index, lesser);
      index = lesser;
    }
    return first.item;
  }

  #at(index: number): number {
    return this.#items[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const items = this.#items;
    const [itemA, itemB] = [items[a], items[b]];
    if (itemA === undefined || itemB === undefined) return;
    items[a] = itemB;
    items[b] = itemA;
  }
}
