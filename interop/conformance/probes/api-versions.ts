import type { Probe } from '../probe.ts'
import { once } from './ranges.ts'

const software = { clientSoftwareName: 'probe', clientSoftwareVersion: '1.0' }
const flexible = { min: 3, max: 4 } as const

/** A: ApiVersions. */
export const apiVersionsProbes: readonly Probe[] = [
  {
    row: 'A1',
    name: 'a version from the future',
    versions: once,
    // ApiVersions v99, correlation id 7, client id "x", empty software, no tagged fields.
    steps: [
      {
        bytes: '0000000f 0012 0063 00000007 0001 78 00 01 01 00'.replaceAll(' ', ''),
        answeredLike: ['ApiVersions', 0],
      },
    ],
  },
  ...(
    [
      ['empty name', { clientSoftwareName: '', clientSoftwareVersion: '1.0' }],
      ['empty version', { clientSoftwareName: 'probe', clientSoftwareVersion: '' }],
      ['underscore', { clientSoftwareName: 'pro_be', clientSoftwareVersion: '1.0' }],
      ['blank', { clientSoftwareName: 'pro be', clientSoftwareVersion: '1.0' }],
      ['leading dash', { clientSoftwareName: '-probe', clientSoftwareVersion: '1.0' }],
      ['trailing dot', { clientSoftwareName: 'probe', clientSoftwareVersion: '1.0.' }],
      ['one letter', { clientSoftwareName: 'p', clientSoftwareVersion: '1' }],
      ['dots and dashes inside', { clientSoftwareName: 'p-r.o--b..e', clientSoftwareVersion: '1.0-rc.1' }],
    ] as const
  ).map(([name, body]): Probe => {
    return { row: 'A2', name: `client software: ${name}`, versions: flexible, steps: [{ ask: 'ApiVersions', body }] }
  }),
  {
    row: 'A3',
    name: 'what is served',
    versions: { min: 0, max: 4 },
    steps: [{ ask: 'ApiVersions', body: software }],
  },
  {
    row: 'A4',
    name: 'asked again',
    versions: { min: 0, max: 4 },
    steps: [
      { ask: 'ApiVersions', body: software },
      { ask: 'ApiVersions', body: software },
    ],
  },
]
