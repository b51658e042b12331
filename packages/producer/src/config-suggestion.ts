/** The known word with the fewest edits, if that is few enough to be a slip. */
export function nearestOf(word: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined
  let fewest = Math.max(3, Math.ceil(word.length / 4)) + 1
  for (const candidate of known) {
    const edits = editDistance(normalised(word), normalised(candidate))
    if (edits < fewest) {
      fewest = edits
      nearest = candidate
    }
  }
  return nearest
}

/** `lingerMs`, `linger_ms` and `linger.ms` are the same slip of a different convention. */
function normalised(word: string): string {
  return word.replace(/[._-]/g, '').toLowerCase()
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1))
    }
    previous = row
  }
  return previous[b.length]!
}
