import { eventLine } from '../reporters/event-line.ts'
import type { ScenarioResult, ScenarioVerdict } from '../scenario/run.ts'

/**
 * What became of one scenario. `broke`: a record was lost, doubled, changed, reordered, told wrongly or never told about,
 * or the protocol was violated. `differs`: every record met a lawful end, but not the one that the scenario asks for:
 * another error, another partition, more requests, later. `not-applicable`: it cannot be asked of this client.
 */
export type CardOutcome = 'lived' | 'broke' | 'differs' | 'not-applicable'

/** In the order of reports. */
export const cardOutcomes: readonly CardOutcome[] = ['lived', 'broke', 'differs', 'not-applicable']

export const outcomeWords: Readonly<Record<CardOutcome, string>> = {
  lived: 'lived through',
  broke: 'broke',
  differs: 'differs',
  'not-applicable': 'not applicable',
}

/** Laws and expectations about how, not whether: breaking only these is `differs`. */
const manners = [
  ...['errors', 'outcomes', 'requests', 'batches', 'log', 'latency', 'settles', 'blocked'],
  ...['DEADLINE', 'FLUSH', 'CLOSE', 'CENSUS'],
]

export interface CardBreak {
  readonly law: string
  /** Of laws; expectations say what they want in the message. */
  readonly statement: string | undefined
  readonly message: string
  readonly evidence: readonly string[]
  /** Further violations of the same law. */
  readonly more: number
}

export interface CardRow {
  readonly name: string
  readonly file: string
  readonly why: string | undefined
  readonly outcome: CardOutcome
  /** Not every run ended in the same way: the worst is shown. */
  readonly isStable: boolean
  /** How each run ended. */
  readonly runs: readonly CardOutcome[]
  /** Why it is not applicable. */
  readonly reason: string | undefined
  readonly breaks: readonly CardBreak[]
  /** Laws and expectations that were not judged, with the reason. */
  readonly notJudged: readonly { readonly law: string; readonly why: string }[]
  /** Events around the first violation. */
  readonly timeline: readonly string[]
  readonly records: number
  readonly requests: number
  /** The command that does it again. */
  readonly replay: string
  /** What is known about it: an issue of the client, a line of its source. */
  readonly note: string | undefined
}

/** What a client did with a library of scenarios. */
export interface Card {
  readonly format: 1
  /** With its version, as it said itself. */
  readonly subject: string
  readonly asked: string
  /** `2026-11-26`. */
  readonly date: string
  readonly harness: string
  readonly node: string
  readonly platform: string
  readonly runsEach: number
  /** The command that does it all again. */
  readonly command: string
  /** What is known about the client as a whole. */
  readonly note: string | undefined
  readonly rows: readonly CardRow[]
}

const timelineLinesMax = 24
const evidenceLinesMax = 6
const severity: readonly CardOutcome[] = ['broke', 'differs', 'lived', 'not-applicable']

/** Joins the runs of one scenario: the worst of them is the one that is told. */
export function cardRow(
  runs: readonly ScenarioResult[],
  { file, why, note }: { readonly file: string; readonly why: string | undefined; readonly note: string | undefined },
): CardRow {
  const outcomes = runs.map(outcomeOf)
  const outcome = severity.find((one) => outcomes.includes(one)) ?? 'not-applicable'
  const told = runs[outcomes.indexOf(outcome)]!
  const { name, reason, verdicts, timeline, counts, replay } = told
  return {
    name,
    file,
    why,
    outcome,
    isStable: outcomes.every((one) => one === outcome),
    runs: outcomes,
    reason,
    breaks: verdicts.filter(({ violations }) => violations.length > 0).map(breakOf),
    notJudged: verdicts.flatMap(({ law, unbound }) => (unbound === undefined ? [] : [{ law, why: unbound }])),
    timeline: outcome === 'broke' || outcome === 'differs' ? timeline.slice(-timelineLinesMax).map(eventLine) : [],
    records: counts.records,
    requests: counts.requests,
    replay,
    note,
  }
}

/** The rows of a card with some of them done again; new ones are put in where their file belongs. */
export function joinedRows(before: readonly CardRow[], again: readonly CardRow[]): CardRow[] {
  const nameOf = ({ file, name }: CardRow): string => `${file} ${name}`
  const replaced = new Map(again.map((row) => [nameOf(row), row]))
  const kept = before.map((row) => replaced.get(nameOf(row)) ?? row)
  const known = new Set(before.map(nameOf))
  const added = again.filter((row) => !known.has(nameOf(row)))
  return [...kept, ...added].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
}

function outcomeOf({ outcome, verdicts }: ScenarioResult): CardOutcome {
  if (outcome === 'skipped') return 'not-applicable'
  const broken = verdicts.filter(({ violations }) => violations.length > 0)
  if (broken.length === 0) return 'lived'
  return broken.every(({ law }) => manners.includes(law)) ? 'differs' : 'broke'
}

function breakOf({ law, statement, violations }: ScenarioVerdict): CardBreak {
  const [first] = violations
  return {
    law,
    statement,
    message: first?.message ?? '',
    evidence: first?.evidence.filter((line) => !isStackLine(line)).slice(0, evidenceLinesMax) ?? [],
    more: violations.length - 1,
  }
}

/** Where in its driver a client crashed says something about the machine only. */
function isStackLine(line: string): boolean {
  return /^(stderr: )?\s+at .*:\d+:\d+\)?$/.test(line)
}

/** How many scenarios ended in each way. */
export function totals({ rows }: Card): Readonly<Record<CardOutcome, number>> {
  const count = (outcome: CardOutcome): number => rows.filter((row) => row.outcome === outcome).length
  return {
    lived: count('lived'),
    broke: count('broke'),
    differs: count('differs'),
    'not-applicable': count('not-applicable'),
  }
}

/** `30 lived through, 4 broke, 2 differ, 10 not applicable; 1 unstable`. */
export function totalsLine(card: Card): string {
  const counts = totals(card)
  const parts = cardOutcomes.map((outcome) => `${counts[outcome]} ${outcomeWords[outcome]}`).join(', ')
  const unstable = card.rows.filter(({ isStable }) => !isStable).length
  return unstable === 0 ? parts : `${parts}; ${unstable} unstable`
}

/** `each scenario twice`, or how often at least and at most, when those that broke were run more often. */
export function runsWords({ rows }: Card): string {
  const counts = rows.filter(({ outcome }) => outcome !== 'not-applicable').map(({ runs }) => runs.length)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  if (counts.length === 0) return 'no scenario applies'
  return least === most ? `each scenario ${times(least)}` : `each scenario ${times(least)} to ${times(most)}`
}

function times(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`
}

/** `idempotence` of `scenarios/idempotence/lost-ack.yaml`. */
export function areaOf({ file }: CardRow): string {
  return file.split(/[/\\]/).at(-2) ?? ''
}
