/** The candidate that was most likely meant, or undefined if none is near. Case and punctuation count for little. */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  // Bounds the table below: nobody misspells a whole paragraph.
  if (written.length > 64) return undefined
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(written.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(plain(written), plain(candidate))
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** `, did you mean "x"?`, or nothing. */
export function suggestion(written: string, candidates: Iterable<string>): string {
  const meant = didYouMean(written, candidates)
  return meant === undefined ? '' : `, did you mean "${meant}"?`
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_.\s]/g, '')
}

/** Insertions, deletions, replacements, and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = above
    above = row
  }
  return above[b.length] ?? 0
}
