import type { ClusterCore } from '@harrow/mock-broker/core'
import { beforeAll, expect, test } from 'vitest'
import { kafkaVersions, referenceKafka } from '../kafka/versions.ts'
import { type Comparison, compareRecordings, differenceText } from './compare.ts'
import { knownDifferences } from './differences.ts'
import { fidelityTable } from './fidelity-table.ts'
import { probeName } from './probe.ts'
import { probes } from './probes/index.ts'
import { recordMock } from './record-mock.ts'
import { readTranscripts } from './transcript-files.ts'

// The real broker is not here: what it said is. Refresh with `pnpm interop conformance --refresh`.

const reference = readTranscripts(referenceKafka)
let mock: readonly Comparison[] = []

beforeAll(async () => {
  mock = compareRecordings(reference, await recordMock())
}, 60_000)

test('conformance: the transcript holds every probe, and no other', () => {
  expect(Object.keys(reference.probes)).toEqual(probes.map(probeName))
})

test('conformance: the mock says what the real broker says, except where it is explained', () => {
  const explained = new Set(knownDifferences.map(({ probe }) => probe))
  const unexplained = mock.filter(({ probe, differing }) => differing.length > 0 && !explained.has(probe))
  expect(unexplained.map(differenceText)).toEqual([])
})

test('conformance: every explained difference is still one', () => {
  const differing = new Set(mock.filter((each) => each.differing.length > 0).map(({ probe }) => probe))
  expect(knownDifferences.map(({ probe }) => probe).filter((probe) => !differing.has(probe))).toEqual([])
})

test('conformance: one changed error code is a difference that names probe and version', () => {
  const changed = structuredClone(reference) as unknown as {
    probes: Record<string, { versions: string; said: unknown[] }[]>
  }
  const said = changed.probes['P4: acks 2']?.[0]
  if (said === undefined) throw new Error('no such probe')
  said.said = JSON.parse(JSON.stringify(said.said).replace('21 INVALID_REQUIRED_ACKS', '87 INVALID_RECORD'))
  const differing = compareRecordings(reference, changed as never).filter((each) => each.differing.length > 0)
  expect(differing.map(({ probe }) => probe)).toEqual(['P4: acks 2'])
  expect(differenceText(differing[0]!)).toContain('87 INVALID_RECORD')
})

test('conformance: a mock that answers with one wrong error code is a difference at every version', async () => {
  const played = probes.filter(({ row, name }) => row === 'B32' && name === 'a gap')
  const ofProbe = { broker: reference.broker, probes: { 'B32: a gap': reference.probes['B32: a gap'] ?? [] } }
  const sound = compareRecordings(ofProbe, await recordMock(played))
  expect(sound.map(differenceText)).toEqual(['B32: a gap: no difference'])
  // The second of the three batches that the probe sends at each version leaves a gap.
  const wrong = (on: object) =>
    ({ on: { api: 'Produce', ...on }, times: 'always', do: { error: 'INVALID_RECORD' } }) as const
  const spoil = (cluster: ClusterCore) => {
    cluster.fault(wrong({ nth: 2 }))
    cluster.fault(wrong({ after: 2, every: 3 }))
  }
  const defective = compareRecordings(ofProbe, await recordMock(played, spoil))
  expect(defective[0]?.differing.map(({ version }) => version)).toEqual(defective[0]?.versions)
  expect(differenceText(defective[0]!)).toContain('45 OUT_OF_ORDER_SEQUENCE_NUMBER')
  expect(differenceText(defective[0]!)).toContain('87 INVALID_RECORD')
})

// After a change that is meant: `npx vitest run interop -u`.
test('conformance: docs/fidelity.md is what the comparison gives', async () => {
  const older = readTranscripts(kafkaVersions[1])
  const olderBeside = compareRecordings(reference, older)
  const facts = { reference: reference.broker, older: older.broker, mock, olderBeside, known: knownDifferences }
  await expect(fidelityTable(facts)).toMatchFileSnapshot('../../docs/fidelity.md')
})
