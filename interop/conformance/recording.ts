import { Player, type Target, type Transcript } from './player.ts'
import { type Probe, probeName } from './probe.ts'
import { rangesText, versionsOf } from './versions-of.ts'

/** What one broker said to all probes: by probe, what it said at which versions. */
export interface Recording {
  readonly broker: string
  readonly probes: Readonly<Record<string, readonly Said[]>>
}

export interface Said {
  readonly versions: string
  readonly said: Transcript
}

/** Plays every probe at every version. */
export async function record(broker: string, target: Target, probes: readonly Probe[]): Promise<Recording> {
  const player = await Player.prepare(target, probes)
  const entries: [string, Said[]][] = []
  for (const probe of probes) {
    const byTranscript = new Map<string, number[]>()
    for (const version of versionsOf(probe)) {
      const text = JSON.stringify(await player.play(probe, version))
      byTranscript.set(text, [...(byTranscript.get(text) ?? []), version])
    }
    const said = [...byTranscript].map(([text, versions]) => ({
      versions: rangesText(versions),
      said: JSON.parse(text) as Transcript,
    }))
    entries.push([probeName(probe), said])
  }
  return { broker, probes: Object.fromEntries(entries) }
}

/** One line per thing said, so that a change is a readable diff. */
export function recordingText({ broker, probes }: Recording): string {
  const rows = Object.entries(probes).map(([name, said]) => {
    const lines = said.map((each) => `      ${JSON.stringify(each)}`).join(',\n')
    return `    ${JSON.stringify(name)}: [\n${lines}\n    ]`
  })
  return `{\n  "broker": ${JSON.stringify(broker)},\n  "probes": {\n${rows.join(',\n')}\n  }\n}\n`
}
