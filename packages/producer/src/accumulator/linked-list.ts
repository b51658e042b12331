/** The place of an item in a list, kept by the item: it is in one list by it, or in none. */
export class Link<T> {
  readonly item: T
  list: LinkedList<T> | undefined
  previous: Link<T> | undefined
  next: Link<T> | undefined

  constructor(item: T) {
    this.item = item
  }
}

/**
 * HOT: once per batch. What a `Set` is to items that come and go all the time, in the order of their coming. A `Set` makes its
 * table anew every few deletions, and the old table refers to the new one: once one of them has grown old, V8's young
 * collector takes all that came after for alive, with the batches in them, moves them, and finds out megabytes later. Links are
 * cut when an item leaves, so nothing refers to what comes after. Its plain form is `Set`.
 */
export class LinkedList<T> implements Iterable<T> {
  private count = 0
  /** To walk it without an iterator, by `next`. */
  first: Link<T> | undefined
  private last: Link<T> | undefined

  get size(): number {
    return this.count
  }

  has(link: Link<T>): boolean {
    return link.list === this
  }

  /** To the end, if it is not in it. */
  add(link: Link<T>): void {
    if (link.list === this) return
    link.list = this
    link.previous = this.last
    if (this.last === undefined) this.first = link
    else this.last.next = link
    this.last = link
    this.count++
  }

  /** Whether it was in it. */
  delete(link: Link<T>): boolean {
    if (link.list !== this) return false
    const { previous, next } = link
    if (previous === undefined) this.first = next
    else previous.next = next
    if (next === undefined) this.last = previous
    else next.previous = previous
    link.list = undefined
    link.previous = undefined
    link.next = undefined
    this.count--
    return true
  }

  /** In its place. */
  replace(link: Link<T>, parts: readonly Link<T>[]): void {
    const behind: Link<T>[] = []
    for (let one = link.next; one !== undefined; one = one.next) behind.push(one)
    for (const one of [link, ...behind]) this.delete(one)
    for (const one of [...parts, ...behind]) this.add(one)
  }

  /** While nothing is added or deleted. */
  *[Symbol.iterator](): Iterator<T> {
    for (let link = this.first; link !== undefined; link = link.next) yield link.item
  }
}
