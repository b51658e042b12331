export interface PlayedScenario {
  readonly file: string
  readonly name: string
  /** The real cluster that it ran on, in words. */
  readonly cluster: string
  /** Kinds of faults that the door in front of the brokers played. */
  readonly faults: readonly string[]
  readonly records: number
  /** How many laws, and how many expectations of its own, had something to say. */
  readonly laws: number
  readonly expectations: number
  readonly held: boolean
}

/** Scenarios that a real cluster cannot be asked, for one reason. */
export interface UnplayedScenarios {
  readonly because: string
  readonly files: readonly string[]
}

export interface ScenarioResults {
  readonly kafka: string
  readonly played: readonly PlayedScenario[]
  /** The same on older releases, in numbers. */
  readonly older?: readonly OlderScenarios[]
  readonly unplayed: readonly UnplayedScenarios[]
}

export interface OlderScenarios {
  readonly kafka: string
  readonly held: number
  /** Names of those that did not hold. */
  readonly broken: readonly string[]
}

/** Of docs/interop.md. */
export function scenarioSection({ kafka, played, older = [], unplayed }: ScenarioResults): string {
  const rows = played.map(({ name, cluster, faults, records, laws, expectations, held }) => {
    const outcome = held ? 'held' : '**broken**'
    return `| ${name} | ${cluster} | ${faults.join(', ')} | ${records} | ${laws} | ${expectations} | ${outcome} |`
  })
  const count = unplayed.reduce((sum, { files }) => sum + files.length, 0)
  return `## Scenarios on a real broker

\`pnpm interop scenarios --refresh\`. Our producer, Apache Kafka ${kafka}, and the scenario files of this repository. In front of
each broker stands a door of the mock: it hands every request to the real broker and every answer back, plays the faults
that happen on the wire, and keeps the journal. What is answered, and the log that is read back and judged, is Kafka's. The
laws are those of the TCP world; numbers are of those that bound.

| scenario | cluster | faults | records | laws | expectations | outcome |
|---|---|---|---|---|---|---|
${rows.join('\n')}

${older.map(olderLine).join('')}${count} files are not applicable, and count as nothing:

| reason | scenarios |
|---|---|
${unplayed.map(({ because, files }) => `| ${because} | ${files.map(shortName).join(', ')} |`).join('\n')}
`
}

function olderLine({ kafka, held, broken }: OlderScenarios): string {
  const rest = broken.length === 0 ? '' : `; broken: ${broken.join('; ')}`
  return `On Apache Kafka ${kafka} the same: ${held} of ${held + broken.length} held${rest}.\n\n`
}

function shortName(file: string): string {
  return file.replace(/^scenarios\//, '').replace(/\.yaml$/, '')
}
