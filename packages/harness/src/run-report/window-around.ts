export interface Window<Item> {
  readonly items: readonly Item[]
  /** How many there are outside. */
  readonly left: number
}

/**
 * At most `max` items in order of time, all from one stretch: around `atMs`, most of them before it, or from the beginning
 * when there is no such moment.
 */
export function windowAround<Item>(
  items: readonly Item[],
  {
    max,
    atMs,
    timeOf,
  }: { readonly max: number; readonly atMs: number | undefined; readonly timeOf: (item: Item) => number },
): Window<Item> {
  if (items.length <= max) return { items, left: 0 }
  const after = atMs === undefined ? 0 : items.findIndex((item) => timeOf(item) > atMs)
  const middle = after < 0 ? items.length : after
  const from = Math.max(0, Math.min(middle - Math.floor(max * 0.75), items.length - max))
  return { items: items.slice(from, from + max), left: items.length - max }
}
