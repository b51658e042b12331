import type { CapturedFrame } from '../../packages/protocol/test/captured-frames.ts'
import type { Exchange } from './recording-proxy.ts'

/** Longer frames show nothing that shorter ones do not, and the files stay small. */
const frameBytesMax = 1500
/** So many exchanges of one API and version are kept: more of those that carry records, for every codec once. */
const keptPerVersion = (api: string) => (api === 'Produce' || api === 'Fetch' ? 6 : 2)

/** What is worth keeping of what passed by: the first exchanges of every API and version, each shape once. */
export function worthKeeping(exchanges: readonly Exchange[]): CapturedFrame[] {
  const kept = new Map<string, CapturedFrame[]>()
  for (const { api, version, request, response } of exchanges) {
    if (request.length > frameBytesMax || (response?.length ?? 0) > frameBytesMax) continue
    const frames = kept.get(`${api} ${version}`) ?? []
    if (frames.some((frame) => frame.request.length === request.length * 2)) continue
    if (frames.length >= keptPerVersion(api)) continue
    frames.push({
      api,
      version,
      request: Buffer.from(request).toString('hex'),
      ...(response === undefined ? {} : { response: Buffer.from(response).toString('hex') }),
    })
    kept.set(`${api} ${version}`, frames)
  }
  return [...kept.values()].flat().sort((a, b) => compare(a.api, b.api) || a.version - b.version)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
