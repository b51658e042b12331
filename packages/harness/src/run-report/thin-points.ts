/**
 * At most `max` of these points, in order: of each stretch the lowest and the highest, so that no peak is lost. Throws
 * nothing; `max` is at least 2.
 */
export function thinPoints<P extends readonly [number, number, ...unknown[]]>(
  points: readonly P[],
  max: number,
): readonly P[] {
  if (points.length <= max) return points
  const stretches = Math.floor(max / 2)
  const kept: P[] = []
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * points.length) / stretches)
    const to = Math.floor(((stretch + 1) * points.length) / stretches)
    let [low, high] = [from, from]
    for (let at = from; at < to; at++) {
      if (points[at]![1] < points[low]![1]) low = at
      if (points[at]![1] > points[high]![1]) high = at
    }
    for (const at of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) kept.push(points[at]!)
  }
  return kept
}
