import type { Api } from '@harrow/protocol'
import type { ApiVersionLimit } from './config.ts'
import { suggestion } from './did-you-mean.ts'
import { type Issue, shown } from './field.ts'
import type { KafkaRelease } from './kafka-releases.ts'

/** What is served of one API. */
export interface ServedApi {
  readonly name: string
  readonly key: number
  readonly min: number
  readonly max: number
  /** What ApiVersions says is the lowest: for Produce 0, although 3 is (A6, KAFKA-18659). */
  readonly advertisedMin: number
}

/** The versions that a broker answers: those of the handlers, narrowed by its release and by the cluster's limits. */
export class ServedVersions {
  readonly rows: readonly ServedApi[]
  private readonly byKey: ReadonlyMap<number, ServedApi>

  constructor(apis: Iterable<Api>, release: KafkaRelease, limits: Readonly<Record<string, ApiVersionLimit>>) {
    const rows: ServedApi[] = []
    for (const api of apis) {
      const limit = limits[api.name]
      const releaseMax = release.apiVersionsMax.get(api.name)
      if (limit === false || releaseMax === undefined) continue
      const min = Math.max(api.versions.min, limit?.min ?? 0)
      const max = Math.min(api.versions.max, releaseMax, limit?.max ?? Number.POSITIVE_INFINITY)
      const advertisedMin = limit?.min ?? api.advertisedMin
      if (min <= max) rows.push({ name: api.name, key: api.key, min, max, advertisedMin })
    }
    this.rows = rows.sort((a, b) => a.key - b.key)
    this.byKey = new Map(this.rows.map((row) => [row.key, row]))
  }

  of(apiKey: number): ServedApi | undefined {
    return this.byKey.get(apiKey)
  }
}

/** What is wrong with limits for these APIs. */
export function versionLimitIssues(apis: readonly Api[], limits: Readonly<Record<string, unknown>>): Issue[] {
  const names = apis.map((api) => api.name)
  return Object.entries(limits).flatMap(([name, limit]) => {
    const path = ['apiVersions', name]
    if (!names.includes(name)) return [{ path, message: `no API of this cluster${suggestion(name, names)}` }]
    return limit === true ? [{ path, message: `must be false or { min, max }, not ${shown(limit)}` }] : []
  })
}
