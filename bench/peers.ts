import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { majorOf, type NodeBinary } from './node-binary.ts'
import type { Command } from './processes.ts'
import type { RunSpec } from './spec.ts'

/** A client that can be measured here. */
export interface Peer {
  readonly name: string
  readonly version: string
  /** What it can do, of the workloads there are. */
  can(spec: RunSpec): boolean
  command(spec: RunSpec): Command
}

/** A client that cannot, and why. */
export interface MissingPeer {
  readonly name: string
  readonly missing: string
}

export const peerNames = [
  'kafkajs',
  'platformatic',
  'node-rdkafka',
  'confluent',
  'confluent-promises',
  'librdkafka',
] as const
export type PeerName = (typeof peerNames)[number]

/** Versions of what is built from source outside the tree: no part of the lock file, so that nobody has to compile it. */
const built = { 'node-rdkafka': '3.6.1', '@confluentinc/kafka-javascript': '1.10.1' } as const

/** What drivers are run with. */
export interface Drivers {
  readonly node: NodeBinary
  readonly program: (name: string) => string
}

/** Ours, called in one of two ways. */
export function harrow({ node, program }: Drivers): Peer {
  return {
    name: 'harrow',
    version: 'this commit',
    can: ({ compression }) => compression !== 'zstd' || hasZstd(node),
    command: (spec) => ({ argv: [node.path, program('drivers-harrow'), JSON.stringify(spec)] }),
  }
}

export function peer(name: PeerName, drivers: Drivers): Peer | MissingPeer {
  const { program } = drivers
  const node = (driver: string, spec: RunSpec): readonly string[] => [
    drivers.node.path,
    program(`drivers-${driver}`),
    JSON.stringify(spec),
  ]
  switch (name) {
    case 'kafkajs':
      return {
        name,
        version: installedVersion('kafkajs'),
        can: ({ compression }) => compression !== 'zstd',
        command: (spec) => ({ argv: node('kafkajs', spec) }),
      }
    case 'platformatic':
      return {
        name,
        version: installedVersion('@platformatic/kafka'),
        can: ({ compression }) => compression !== 'zstd' || hasZstd(drivers.node),
        command: (spec) => ({ argv: node('platformatic', spec) }),
      }
    case 'node-rdkafka':
      return binding(name, 'node-rdkafka', drivers.node, (spec) => node('rdkafka-binding', spec))
    case 'confluent':
      return binding(name, '@confluentinc/kafka-javascript', drivers.node, (spec) => node('rdkafka-binding', spec))
    case 'confluent-promises':
      return binding(name, '@confluentinc/kafka-javascript', drivers.node, (spec) => node('confluent-promises', spec))
    case 'librdkafka': {
      const driver = librdkafkaDriver()
      if (typeof driver !== 'string') return { name, ...driver }
      return {
        name,
        version: spawnSync(driver, ['mode=version'], { encoding: 'utf8' }).stdout.trim(),
        can: ({ mode }) => mode !== 'loops',
        command: (spec) => ({ argv: [driver, ...cArguments(spec)] }),
      }
    }
  }
}

/** Our C program over the system's librdkafka, compiled when it is first needed. */
export function librdkafkaDriver(): string | { readonly missing: string } {
  const source = join(import.meta.dirname, 'drivers', 'librdkafka.c')
  const program = join(cacheFolder('librdkafka'), 'driver')
  const stamp = `${program}.source`
  const text = readFileSync(source, 'utf8')
  if (existsSync(program) && existsSync(stamp) && readFileSync(stamp, 'utf8') === text) return program
  const { status, stderr, error } = spawnSync('cc', ['-O2', '-o', program, source, '-lrdkafka'], { encoding: 'utf8' })
  if (status !== 0) {
    const because = error === undefined ? stderr.split('\n').find((line) => line.includes('error')) : error.message
    return { missing: `no driver: ${because ?? 'cc failed'} (needs a C compiler and librdkafka-dev)` }
  }
  writeFileSync(stamp, text)
  return program
}

/**
 * Builds a binding of librdkafka from its npm source, in the cache folder; `pnpm bench --install` calls it. Takes minutes.
 * Returns what is missing, if something is.
 */
export function installBinding(name: 'node-rdkafka' | '@confluentinc/kafka-javascript'): string | undefined {
  const folder = bindingFolder(name)
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n')
  const headers = join(process.execPath, '..', '..', 'include', 'node', 'node.h')
  const env = {
    ...process.env,
    // Headers of this very Node, if it came with them: nothing to download then.
    ...(existsSync(headers) ? { npm_config_nodedir: join(process.execPath, '..', '..') } : {}),
  }
  const run = (argv: readonly string[], cwd: string, more: NodeJS.ProcessEnv = {}): boolean =>
    spawnSync(argv[0] ?? '', argv.slice(1), { cwd, env: { ...env, ...more }, stdio: 'inherit' }).status === 0
  const install = ['npm', 'install', '--no-audit', '--no-fund', '--foreground-scripts']
  if (name === 'node-rdkafka') {
    return run([...install, `${name}@${built[name]}`], folder) ? undefined : 'its npm source does not build here'
  }
  // Its own script would download the sources of zlib, OpenSSL, curl and zstd; the system's do as well.
  const prefix = join(folder, 'librdkafka')
  const source = join(folder, 'node_modules', name)
  const isBuilt =
    run([...install, '--ignore-scripts', `${name}@${built[name]}`], folder) &&
    run(['./configure', `--prefix=${prefix}`, '--disable-gssapi'], join(source, 'deps', 'librdkafka')) &&
    run(['make', 'libs'], join(source, 'deps', 'librdkafka')) &&
    run(['make', '-C', 'src', 'install'], join(source, 'deps', 'librdkafka')) &&
    run(['make', '-C', 'src-cpp', 'install'], join(source, 'deps', 'librdkafka')) &&
    lookFirstIn(join(prefix, 'include'), join(source, 'binding.gyp')) &&
    run(['npm', 'rebuild', '--foreground-scripts', '--build-from-source'], source, {
      BUILD_LIBRDKAFKA: '0',
      LIBRARY_PATH: join(prefix, 'lib'),
      LD_RUN_PATH: join(prefix, 'lib'),
    })
  return isBuilt ? undefined : 'its npm source does not build here'
}

/** A binding names the headers of the system before all others, and these may be of another librdkafka. False: it does not. */
function lookFirstIn(folder: string, bindingFile: string): boolean {
  const text = readFileSync(bindingFile, 'utf8')
  const systems = '"/usr/include/librdkafka",'
  if (!text.includes(systems)) return false
  writeFileSync(bindingFile, text.replace(systems, `"${join(folder, 'librdkafka')}", "${folder}",`))
  return true
}

export const bindings = Object.keys(built) as (keyof typeof built)[]

/** That of `node:zlib`, which ours and platformatic's is. */
function hasZstd(node: NodeBinary): boolean {
  return majorOf(node) >= 23
}

/** Where it was built, if it was. */
export function bindingFolder(name: keyof typeof built): string {
  return cacheFolder(name === 'node-rdkafka' ? name : 'confluent')
}

function binding(
  name: PeerName,
  module: keyof typeof built,
  node: NodeBinary,
  argv: (spec: RunSpec) => readonly string[],
) {
  const folder = join(bindingFolder(module), 'node_modules', module)
  const probe = spawnSync(node.path, ['-e', `require(${JSON.stringify(folder)})`], { encoding: 'utf8' })
  if (probe.status !== 0) {
    const isOtherAbi = probe.stderr.includes('NODE_MODULE_VERSION')
    const because = isOtherAbi ? `is built for another Node than ${node.version}` : 'is not built: pnpm bench --install'
    return { name, missing: `${module} ${because}` }
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return {
    name,
    version: `${module} ${version}`,
    can: () => true,
    command: (spec: RunSpec) => ({ argv: argv(spec), env: { HARROW_BENCH_MODULE: folder } }),
  }
}

function installedVersion(module: string): string {
  const entry = createRequire(import.meta.url).resolve(module)
  let folder = join(entry, '..')
  for (;;) {
    const file = join(folder, 'package.json')
    const found = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string })
      : {}
    if (found.name === module) return `${module} ${found.version}`
    folder = join(folder, '..')
  }
}

function cArguments(spec: RunSpec): string[] {
  return [
    `mode=${spec.mode}`,
    `bootstrap=${spec.bootstrap}`,
    `topic=${spec.topic}`,
    `records=${spec.records}`,
    `value_bytes=${spec.valueBytes}`,
    `payload=${spec.payload}`,
    `batch_bytes=${spec.batchBytes}`,
    `linger_ms=${spec.lingerMs}`,
    `acks=${spec.acks}`,
    `compression=${spec.compression}`,
    `keys=${spec.keys ? 1 : 0}`,
  ]
}
