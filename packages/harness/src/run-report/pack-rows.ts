/**
 * Rows for spans of time, so that none lies on another: each takes the lowest row that is free by then. Beyond `rowsMax`
 * they lie on each other in the last row. Spans are in order of their start.
 */
export function packRows(
  spans: readonly { readonly fromMs: number; readonly toMs: number }[],
  rowsMax: number,
): { readonly rowOf: readonly number[]; readonly rows: number } {
  const freeFromMs: number[] = []
  const rowOf = spans.map(({ fromMs, toMs }) => {
    let row = freeFromMs.findIndex((ms) => ms <= fromMs)
    if (row < 0) row = Math.min(freeFromMs.length, rowsMax - 1)
    freeFromMs[row] = Math.max(toMs, freeFromMs[row] ?? 0)
    return row
  })
  return { rowOf, rows: Math.max(1, freeFromMs.length) }
}
