import { type History, shownMs, type TraceEvent } from '../history.ts'
import { eventWords } from '../reporters/event-line.ts'
import type { ScenarioResult } from '../scenario/run.ts'
import { chartsOf } from './charts.ts'
import type { ReportedRun, TraceRow } from './reported-run.ts'
import { timelineOf } from './timeline.ts'
import { type Window, windowAround } from './window-around.ts'

/** What a page can show of one run and still be read, and loaded. */
const limits = { bars: 6_000, marks: 6_000, traceRows: 6_000, violationsPerLaw: 5, evidenceLines: 40 }
const wordsLengthMax = 400

/** Everything that the page shows of one run; without a history, of one that never began, that it did not. */
export function reportRun(
  result: ScenarioResult,
  { history, why }: { readonly history: History | undefined; readonly why: string | undefined },
): ReportedRun {
  const { name, file, world, subject, outcome, reason, seed, replay, realMs, counts, verdicts } = result
  const broken = verdicts.flatMap(({ law, statement, violations }) =>
    violations.slice(0, limits.violationsPerLaw).map(({ message, evidence, atMs }) => ({
      law,
      message,
      evidence: evidence.slice(0, limits.evidenceLines),
      ...(statement === undefined ? {} : { statement }),
      ...(atMs === undefined ? {} : { atMs }),
    })),
  )
  return {
    name,
    ...(file === undefined ? {} : { file }),
    world,
    ...(subject === undefined ? {} : { subject }),
    outcome,
    ...(reason === undefined ? {} : { reason }),
    seed,
    ...(why === undefined ? {} : { why: why.trim() }),
    replay,
    realMs,
    counts,
    broken,
    held: verdicts.filter(({ held }) => held).map(lawOf),
    notJudged: verdicts.flatMap((one) => (one.unbound === undefined ? [] : [{ law: lawOf(one), why: one.unbound }])),
    ...(history === undefined ? nothing : whatHappened(history, focusOf(broken))),
  }
}

/** With the producers that it is about, if not all. */
function lawOf({ law, producers }: ScenarioResult['verdicts'][number]): string {
  return producers === undefined ? law : `${law} of ${producers.join(', ')}`
}

type WhatHappened = Pick<
  ReportedRun,
  'endMs' | 'healedAtMs' | 'faults' | 'lanes' | 'bars' | 'marks' | 'charts' | 'trace' | 'cut'
>

export const nothing: WhatHappened = {
  endMs: 0,
  faults: [],
  lanes: [],
  bars: [],
  marks: [],
  charts: {
    bufferBytes: [],
    bufferBytesTotal: 0,
    blockedSends: [],
    inFlight: [],
    batchFill: [],
    batchBytesMax: 0,
    latency: [],
  },
  trace: [],
  cut: [],
}

/** Around what to look when not everything can be shown: the first thing that broke, or the end if that has no time. */
function focusOf(broken: ReportedRun['broken']): number | undefined {
  if (broken.length === 0) return undefined
  return broken.find(({ atMs }) => atMs !== undefined)?.atMs ?? Number.MAX_VALUE
}

function whatHappened(history: History, focusMs: number | undefined): WhatHappened {
  const { healedAtMs } = history
  const timeline = timelineOf(history)
  const { charts, cut: chartsCut } = chartsOf(history)
  const cut = [...timeline.cut, ...chartsCut]
  const bounded = <Item>(
    what: string,
    items: readonly Item[],
    max: number,
    timeOf: (item: Item) => number,
  ): readonly Item[] => {
    const window = windowAround(items, { max, atMs: focusMs, timeOf })
    if (window.left > 0) cut.push(cutSentence(what, window, timeOf))
    return window.items
  }
  return {
    endMs: timeline.endMs,
    ...(healedAtMs === undefined ? {} : { healedAtMs }),
    faults: history.faults.map(({ name, hits, isConsumed, closest }) => ({
      name,
      hits,
      isConsumed,
      ...(closest === undefined ? {} : { closest }),
    })),
    lanes: timeline.lanes,
    bars: bounded('bars of the timeline', timeline.bars, limits.bars, ({ fromMs }) => fromMs),
    marks: bounded('marks of the timeline', timeline.marks, limits.marks, ({ atMs }) => atMs),
    charts,
    trace: bounded('events', history.trace, limits.traceRows, ({ atMs }) => atMs).map(traceRow),
    cut,
  }
}

function cutSentence<Item>(what: string, { items, left }: Window<Item>, timeOf: (item: Item) => number): string {
  const [from, to] = [timeOf(items[0]!), timeOf(items.at(-1)!)]
  return `${items.length} of ${items.length + left} ${what} are shown: those from ${shownMs(from)} to ${shownMs(to)}.`
}

function traceRow(event: TraceEvent): TraceRow {
  const words = eventWords(event).join(' ')
  const shown = words.length > wordsLengthMax ? `${words.slice(0, wordsLengthMax)}...` : words
  return [Math.round(event.atMs * 1000) / 1000, event.source, event.event, shown]
}
