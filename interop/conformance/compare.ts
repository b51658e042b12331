import type { Transcript } from './player.ts'
import type { Recording, Said } from './recording.ts'

/** One probe on two brokers. */
export interface Comparison {
  /** `B17: the control bit`. */
  readonly probe: string
  readonly versions: readonly number[]
  /** The versions at which they do not say the same, with what each said. */
  readonly differing: readonly {
    readonly version: number
    readonly reference: Transcript
    readonly other: Transcript
  }[]
}

/** By probe, in the order of the reference. A probe that one of them lacks differs at every version. */
export function compareRecordings(reference: Recording, other: Recording): Comparison[] {
  return Object.entries(reference.probes).map(([probe, said]) => {
    const theirs = byVersion(said)
    const ours = byVersion(other.probes[probe] ?? [])
    const differing = [...theirs]
      .map(([version, transcript]) => ({ version, reference: transcript, other: ours.get(version) ?? [] }))
      .filter((each) => JSON.stringify(each.reference) !== JSON.stringify(each.other))
    return { probe, versions: [...theirs.keys()], differing }
  })
}

function byVersion(said: readonly Said[]): Map<number, Transcript> {
  const pairs = said.flatMap(({ versions, said: transcript }) =>
    versions.split(', ').flatMap((range) => {
      const [min = 0, max = min] = range.split('-').map(Number)
      return Array.from({ length: max - min + 1 }, (_, index): [number, Transcript] => [min + index, transcript])
    }),
  )
  return new Map(pairs.sort(([a], [b]) => a - b))
}

/** The first thing that differs, for a reader. */
export function differenceText({ probe, differing }: Comparison): string {
  const first = differing[0]
  if (first === undefined) return `${probe}: no difference`
  const at = first.reference.findIndex((each, index) => JSON.stringify(each) !== JSON.stringify(first.other[index]))
  const versions = differing.map(({ version }) => version).join(', ')
  const theirs = JSON.stringify(first.reference[at === -1 ? first.reference.length : at])
  const ours = JSON.stringify(first.other[at === -1 ? first.reference.length : at])
  return `${probe}, version ${versions}:\n  the reference says ${theirs}\n  this one says      ${ours}`
}
