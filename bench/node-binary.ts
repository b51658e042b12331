import { spawnSync } from 'node:child_process'

/** The Node that runs the clients of a bench; sinks always run on the one that runs the bench. */
export interface NodeBinary {
  readonly path: string
  /** `24.21.0` */
  readonly version: string
}

export const thisNode: NodeBinary = { path: process.execPath, version: process.versions.node }

/** Another major version, fetched by npm; undefined when it cannot be had. */
export function nodeOf(major: string): NodeBinary | undefined {
  if (majorOf(thisNode) === Number(major)) return thisNode
  const print = 'console.log(JSON.stringify({ path: process.execPath, version: process.versions.node }))'
  const { status, stdout } = spawnSync('npx', ['-y', '--package', `node@${major}`, '--', 'node', '-e', print], {
    encoding: 'utf8',
  })
  if (status !== 0) return undefined
  const found = JSON.parse(stdout) as NodeBinary
  return majorOf(found) === Number(major) ? found : undefined
}

export function majorOf({ version }: NodeBinary): number {
  return Number(version.split('.')[0])
}
