import type { DeliveryReport, RecordDelivery } from './record-delivery.ts'

/** Records that were lost though acknowledged, are there twice, or lie out of order; each with its attempts. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly report: DeliveryReport

  constructor(report: DeliveryReport, wrong: readonly RecordDelivery[]) {
    super(`${headline(report)}\n${wrong.slice(0, shownMax).map(timeline).join('\n')}${more(wrong.length - shownMax)}`)
    this.report = report
  }
}

/** As many records as one can take in; the report has them all. */
const shownMax = 5

/** @throws DeliveryError unless all that was acknowledged is there, nothing is there twice, and order was kept */
export function assertDelivered(report: DeliveryReport): void {
  const wrong = report.records.filter(
    ({ status, offsets, overtakenBy }) =>
      status === 'acked-but-lost' || offsets.length > 1 || overtakenBy !== undefined,
  )
  if (wrong.length > 0 || report.phantoms.length > 0) throw new DeliveryError(report, wrong)
}

/** What became of one record, attempt by attempt: for people. */
export function timeline(record: RecordDelivery): string {
  const { topic, partition, key, value, status, offsets, overtakenBy } = record
  const verdicts = [
    status,
    ...(offsets.length > 1 ? [`${offsets.length} times in the log, at ${offsets.join(', ')}`] : []),
    ...(overtakenBy === undefined ? [] : [`behind record ${overtakenBy}, which was sent later`]),
  ]
  const title = `  record ${record.id}, ${topic}-${partition}, key ${text(key)}, value ${text(value)}: ${verdicts.join('; ')}`
  const lines = record.attempts.map(({ request, receivedAtMs, broker, connection, ...attempt }) => {
    const done = attempt.how === undefined ? 'not written' : `${attempt.how} at ${attempt.offset}`
    const told = attempt.answer === 'error' ? `answered ${attempt.error}` : answers[attempt.answer]
    const where = `broker ${broker}, connection ${connection}`
    return `    request ${request} at ${Math.round(receivedAtMs)} ms (${where}): ${done}, ${told}`
  })
  return [title, ...lines].join('\n')
}

const answers = {
  acked: 'acknowledged',
  none: 'never answered',
  'not-wanted': 'no answer wanted (acks=0)',
} as const

function headline({ counts }: DeliveryReport): string {
  const { records, ackedButLost, duplicated, reordered, phantoms } = counts
  const parts = [
    `${ackedButLost} acknowledged but lost`,
    `${duplicated} more than once in the log`,
    `${reordered} out of order`,
    ...(phantoms > 0 ? [`${phantoms} in the log that nobody sent`] : []),
  ]
  return `of ${records} records ${parts.join(', ')}:`
}

function more(count: number): string {
  return count > 0 ? `\n  and ${count} more` : ''
}

function text(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null'
  const shown = new TextDecoder().decode(bytes.subarray(0, 40))
  return JSON.stringify(bytes.length > 40 ? `${shown}...` : shown)
}
