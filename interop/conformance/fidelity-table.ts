import type { Comparison } from './compare.ts'
import { type KnownDifference, notProbed } from './differences.ts'
import { rangesText } from './versions-of.ts'

export interface FidelityFacts {
  /** Such as `Apache Kafka 4.3.1`. */
  readonly reference: string
  readonly older: string
  /** The mock beside the reference. */
  readonly mock: readonly Comparison[]
  /** The older release beside the reference. */
  readonly olderBeside: readonly Comparison[]
  readonly known: readonly KnownDifference[]
}

/** docs/fidelity.md. */
export function fidelityTable(facts: FidelityFacts): string {
  const isRandom = ({ probe }: Comparison) => probe.startsWith('random')
  const random = facts.mock.filter(isRandom)
  const agreeing = facts.mock.filter((each) => each.differing.length === 0).length
  const olderBy = new Map(facts.olderBeside.map((each) => [each.probe, each]))
  const rows = facts.mock
    .filter((each) => !isRandom(each))
    .map((each) => {
      const [row, name] = splitName(each.probe)
      const versions = each.versions.length === 1 && each.versions[0] === 0 ? '' : rangesText(each.versions)
      return `| ${row} | ${name} | ${versions} | ${verdict(each, facts.known)} | ${olderVerdict(olderBy.get(each.probe))} |`
    })
  return `# Fidelity: the mock beside a real broker

Generated (\`npx vitest run interop -u\`) from probes (\`interop/conformance/probes/\`) that were played to
${facts.reference} and to the mock, each at every version of the API that it is about. Both answers are normalised (addresses,
ids, clocks, texts) and compared. The transcripts of the real brokers are in \`interop/transcripts/\`; \`pnpm test\` plays the
probes to the mock and compares with them, and \`pnpm interop conformance --refresh\` asks the real brokers again, so a change
of the mock that Kafka would not make turns it red.

${agreeing} of ${facts.mock.length} probes agree, ${facts.mock.length - agreeing} differ, each for a reason that is given here. The rows are those of Kafka's
broker rules: F frames, A ApiVersions, P Produce requests, B batches, I InitProducerId, M Metadata, G groups, O offsets. The last column
says where ${facts.older} differs from ${facts.reference} among the versions that both serve.

| row | probe | versions | the mock | ${facts.older} |
|---|---|---|---|---|
${rows.join('\n')}
| - | ${random.length} random sequences of good and damaged batches of one producer id | ${rangesText(random[0]?.versions ?? [])} | ${random.filter((each) => each.differing.length === 0).length} agree | ${random.filter((each) => olderVerdict(olderBy.get(each.probe)) === '').length} alike |

Beyond these, \`pnpm interop conformance\` lets fast-check look for a sequence of batches to which the real broker and the
mock do not say the same (\`interop/conformance/random-batches.ts\`): 150 sequences, both brokers live, and a sequence that
fails is made as small as it gets. \`HARROW_INTEROP_SEED\` chooses others. Whole scenarios, faults of the wire included, run on a
real cluster as they do on the mock: [interop.md](interop.md#scenarios-on-a-real-broker).

## Without a probe

| rows | why |
|---|---|
${notProbed.map(({ rows: which, why }) => `| ${which} | ${why} |`).join('\n')}
`
}

function verdict(comparison: Comparison, known: readonly KnownDifference[]): string {
  if (comparison.differing.length === 0) return 'agrees'
  const explanation = known.find(({ probe }) => probe === comparison.probe)
  return explanation === undefined ? '**UNEXPLAINED**' : `${explanation.verdict}: ${explanation.why}`
}

function olderVerdict(comparison: Comparison | undefined): string {
  // A version that it does not serve ends in a close.
  const served = (comparison?.differing ?? []).filter(
    ({ other }) => !other.every((each) => String(each).endsWith('closed')),
  )
  return served.length === 0 ? '' : `differs at ${rangesText(served.map(({ version }) => version))}`
}

function splitName(probe: string): [row: string, name: string] {
  const at = probe.indexOf(': ')
  return [probe.slice(0, at), probe.slice(at + 2)]
}
