import type { History } from '../history.ts'
import type { Charts, Point } from './reported-run.ts'
import { requestSpans } from './request-spans.ts'
import { thinPoints } from './thin-points.ts'

export const chartPointsMax = 1_500

/** The numbers of a run over time, thinned out to what can be seen. */
export function chartsOf(history: History): { readonly charts: Charts; readonly cut: readonly string[] } {
  const { trace, durationMs, samples = [], sent, producer } = history
  const inFlight = inFlightOf(requestSpans(trace, durationMs))
  const batchFill = trace.flatMap(({ atMs, source, event, details }) =>
    source === 'producer' && event === 'batch-drained' && details['attempt'] === 0
      ? [
          [
            atMs,
            Number(details['bytes']) / producer.batchBytes,
            Number(details['records']),
            `${details['topic']}-${details['partition']}`,
          ] as const,
        ]
      : [],
  )
  const latency = sent.flatMap(({ number, submittedAtMs, settlements: [end] }) =>
    end === undefined ? [] : [[submittedAtMs, end.atMs - submittedAtMs, end.outcome, number] as const],
  )
  const bufferBytes = samples.map(({ atMs, bufferedBytes }): Point => [atMs, bufferedBytes])
  const blockedSends = samples.map(({ atMs, blockedSends }): Point => [atMs, blockedSends])
  const most = Math.max(batchFill.length, latency.length, inFlight.length, bufferBytes.length)
  return {
    charts: {
      bufferBytes: thinPoints(bufferBytes, chartPointsMax),
      bufferBytesTotal: samples.at(-1)?.bufferTotalBytes ?? 0,
      blockedSends: thinPoints(blockedSends, chartPointsMax),
      inFlight: thinPoints(inFlight, chartPointsMax),
      batchFill: thinPoints(batchFill, chartPointsMax),
      batchBytesMax: producer.batchBytes,
      latency: thinPoints(latency, chartPointsMax),
    },
    cut: most > chartPointsMax ? [`The charts show the lowest and highest of ${most} points per stretch of time.`] : [],
  }
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
