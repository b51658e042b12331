import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type Card, type CardRow, cardRow, joinedRows, totals, totalsLine } from '../certify/card.ts'
import { htmlCard } from '../certify/html.ts'
import { markdownCard } from '../certify/markdown.ts'
import { noteFor, readNotes } from '../certify/notes.ts'
import { rowText } from '../certify/text.ts'
import { diagnosticLine, type LoadedScenario, loadScenarios } from '../scenario/load.ts'
import { runScenario, type ScenarioResult } from '../scenario/run.ts'
import { aborted, type Command, exitCodes, UsageError, wholeNumber } from './command.ts'
import { fromOption, subjectOf, subjectOption } from './subject-option.ts'

const libraryDefault = 'scenarios'
const runsDefault = 2
const secondsDefault = 30

/** `harrow certify`: the library against one client, as a report card. */
export const certify: Command = {
  operands: '[files, folders or globs...]',
  summary: 'Judge a Kafka client by the scenario library, as a report card',
  options: {
    subject: subjectOption,
    from: fromOption,
    markdown: { type: 'string', value: '<file>', doc: 'Write the card as Markdown.' },
    json: { type: 'string', value: '<file>', doc: 'Write the card as JSON.' },
    update: { type: 'boolean', doc: 'Only replace rows of the card that --json names; the others stay.' },
    html: { type: 'string', value: '<file>', doc: 'Write the card as one self-contained page.' },
    notes: { type: 'string', value: '<file>', doc: 'YAML with what is known about results: issues of the client.' },
    runs: {
      type: 'string',
      value: '<n>',
      doc: `Runs of each scenario; those that end differently are marked. Default ${runsDefault}.`,
    },
    jobs: { type: 'string', value: '<n>', doc: 'Scenarios side by side. Default 1.' },
    seed: { type: 'string', value: '<number>', doc: "Seed of all chance, instead of the scenario's own." },
    timeout: { type: 'string', value: '<seconds>', doc: `Real time that one run may take. Default ${secondsDefault}.` },
  },
  examples: [
    'harrow certify --subject kafkajs',
    'harrow certify --subject ./my-producer.ts scenarios/idempotence --html card.html',
    'harrow certify --subject "exec: python3 driver.py" --runs 3 --markdown card.md',
  ],
  notes: [
    'Exit codes: 0 everything that applies was lived through, 1 something broke or differs, 2 wrong usage, a client that is',
    'not installed or an invalid scenario, 3 internal error, 130 interrupted. Not applicable is neither: it is listed.',
  ],
  async run({ operands, values }, context) {
    const subject = subjectOf(values)
    if (subject === undefined) throw new UsageError('harrow certify needs a client: harrow certify --subject kafkajs')
    const runsEach = wholeNumber(values, 'runs', { min: 1, max: 100 }) ?? runsDefault
    const jobs = wholeNumber(values, 'jobs', { min: 1, max: 32 }) ?? 1
    const seconds = wholeNumber(values, 'timeout', { min: 1, max: 3600 }) ?? secondsDefault
    const seed = wholeNumber(values, 'seed', { min: 0, max: Number.MAX_SAFE_INTEGER })
    const patterns = operands.length === 0 ? [libraryDefault] : operands
    const { scenarios, diagnostics } = await loadScenarios(patterns)
    if (diagnostics.length > 0) {
      for (const diagnostic of diagnostics) context.err(`${diagnosticLine(diagnostic)}\n`)
      return exitCodes.usage
    }
    const { notes: notesFile, markdown, json, html } = values
    const before = values['update'] === true ? cardBefore(json, subject.asked) : undefined
    const notes =
      typeof notesFile === 'string' ? readNotes(notesFile, subject.asked) : { about: undefined, scenarios: {} }
    const interruption = aborted(context.interrupted)
    let name: string | undefined

    const judged = async ({ scenario, file }: LoadedScenario): Promise<CardRow | undefined> => {
      const results: ScenarioResult[] = []
      for (let run = 0; run < runsEach && !context.interrupted.aborted; run++) {
        const options = {
          world: 'tcp',
          subject,
          file,
          realMsMax: seconds * 1000,
          ...(seed === undefined ? {} : { seed }),
        } as const
        const result = await Promise.race([runScenario(scenario, options), interruption])
        if (result === undefined) return undefined
        if (result.subject !== undefined && result.subject !== 'unknown') name ??= result.subject
        results.push(result)
        // What cannot be asked once cannot be asked twice.
        if (
          result.outcome === 'skipped' &&
          result.counts.records === 0 &&
          result.verdicts.every(({ unbound }) => unbound !== undefined)
        )
          break
      }
      if (results.length === 0) return undefined
      const row = cardRow(results, { file, why: scenario.why, note: noteFor(notes, file) })
      context.out(rowText(row, context.colour))
      return row
    }

    const rows: (CardRow | undefined)[] = []
    let next = 0
    const worker = async (): Promise<void> => {
      for (let at = next++; at < scenarios.length; at = next++) rows[at] = await judged(scenarios[at]!)
    }
    await Promise.all(Array.from({ length: Math.min(jobs, scenarios.length) }, worker))
    if (context.interrupted.aborted) return exitCodes.interrupted

    const ran = rows.filter((row) => row !== undefined)
    const card: Card = {
      format: 1,
      subject: name ?? subject.asked,
      asked: subject.asked,
      date: new Date().toISOString().slice(0, 10),
      harness: context.version,
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      runsEach,
      // Of the whole, also when only a part was done again.
      command:
        before?.command ??
        `harrow certify ${patterns.join(' ')} --subject ${/^[\w./-]+$/.test(subject.asked) ? subject.asked : `"${subject.asked}"`}${seed === undefined ? '' : ` --seed ${seed}`}`,
      note: notes.about,
      rows: before === undefined ? ran : joinedRows(before.rows, ran),
    }
    context.out(`\n${card.subject}: ${totalsLine(card)}\n`)
    if (typeof markdown === 'string') writeFileSync(markdown, markdownCard(card))
    if (typeof json === 'string') writeFileSync(json, `${JSON.stringify(card, null, 2)}\n`)
    if (typeof html === 'string') writeFileSync(html, htmlCard(card))
    const { broke, differs } = totals(card)
    return broke + differs > 0 ? exitCodes.failed : exitCodes.ok
  },
}

/** The card that is to be updated, if there is one yet. Throws UsageError for one of another client. */
function cardBefore(file: unknown, asked: string): Card | undefined {
  if (typeof file !== 'string') throw new UsageError('--update needs a card: --json card.json')
  if (!existsSync(file)) return undefined
  const card = JSON.parse(readFileSync(file, 'utf8')) as Card
  if (card.format !== 1 || card.asked !== asked)
    throw new UsageError(`--update: ${file} is not a card of ${asked}, but of ${String(card.asked)}`)
  return card
}
