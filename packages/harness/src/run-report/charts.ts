import { historiesOf } from '../histories-of.ts'
import type { History } from '../history.ts'
import type { Charts, Point } from './reported-run.ts'
import { producerNames, requestSpans } from './request-spans.ts'
import { thinPoints } from './thin-points.ts'

export const chartPointsMax = 1_500

/** The numbers of a run over time, thinned out to what can be seen. */
export function chartsOf(history: History): { readonly charts: Charts; readonly cut: readonly string[] } {
  const { trace, durationMs, sent } = history
  const each = historiesOf(history)
  const inFlight = inFlightOf(requestSpans(trace, durationMs, producerNames(history)))
  const batchFill = each.flatMap(fillsOf).sort(([a], [b]) => a - b)
  const latency = sent.flatMap(({ number, submittedAtMs, settlements: [end] }) =>
    end === undefined ? [] : [[submittedAtMs, end.atMs - submittedAtMs, end.outcome, number] as const],
  )
  const samples = each.map((one) => one.samples ?? [])
  const bufferBytes = added(samples.map((some) => some.map(({ atMs, bufferedBytes }): Point => [atMs, bufferedBytes])))
  const blockedSends = added(samples.map((some) => some.map(({ atMs, blockedSends }): Point => [atMs, blockedSends])))
  const batchSizes = new Set(each.map(({ producer }) => producer.batchBytes))
  const most = Math.max(batchFill.length, latency.length, inFlight.length, bufferBytes.length)
  return {
    charts: {
      bufferBytes: thinPoints(bufferBytes, chartPointsMax),
      bufferBytesTotal: samples.reduce((sum, some) => sum + (some.at(-1)?.bufferTotalBytes ?? 0), 0),
      blockedSends: thinPoints(blockedSends, chartPointsMax),
      inFlight: thinPoints(inFlight, chartPointsMax),
      batchFill: thinPoints(batchFill, chartPointsMax),
      // Of several that differ there is no one size to tell.
      batchBytesMax: batchSizes.size === 1 ? [...batchSizes][0]! : 0,
      latency: thinPoints(latency, chartPointsMax),
    },
    cut: most > chartPointsMax ? [`The charts show the lowest and highest of ${most} points per stretch of time.`] : [],
  }
}

/** How full each batch of a producer was when it was first sent. */
function fillsOf({ trace, producer, of }: History): Charts['batchFill'][number][] {
  return trace.flatMap(({ atMs, source, event, details }) => {
    if (source !== 'producer' || event !== 'batch-drained' || details['attempt'] !== 0) return []
    const partition = `${details['topic']}-${details['partition']}`
    const place = of === undefined ? partition : `${partition}, of ${of.name}`
    return [[atMs, Number(details['bytes']) / producer.batchBytes, Number(details['records']), place] as const]
  })
}

/** What several producers have together, whenever it changes for one of them. */
function added(series: readonly (readonly Point[])[]): readonly Point[] {
  const [first = []] = series
  if (series.length < 2) return first
  const changes = series
    .flatMap((points, who) => points.map(([atMs, value]) => ({ atMs, value, who })))
    .sort((a, b) => a.atMs - b.atMs)
  const now = series.map(() => 0)
  const sums: Point[] = []
  let sum = 0
  for (const { atMs, value, who } of changes) {
    sum += value - now[who]!
    now[who] = value
    if (sums.at(-1)?.[0] === atMs) sums.pop()
    sums.push([atMs, sum])
  }
  return sums
}

/** How many requests were on their way or waiting for an answer, whenever that changed. */
function inFlightOf(spans: readonly { readonly fromMs: number; readonly toMs: number }[]): Point[] {
  const changes = spans
    .flatMap(({ fromMs, toMs }) => [[fromMs, 1] as const, [toMs, -1] as const])
    // What ends in the moment another begins makes room first.
    .sort(([a, up], [b, down]) => a - b || up - down)
  const points: Point[] = []
  let open = 0
  for (const [atMs, change] of changes) {
    open += change
    if (points.at(-1)?.[0] === atMs) points.pop()
    points.push([atMs, open])
  }
  return points
}
