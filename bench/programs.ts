import { join } from 'node:path'
import { build } from 'tsdown'

const here = import.meta.dirname

/**
 * The programs of a bench as JavaScript, bundled as users get ours: through `tsdown`, not through a loader that
 * transforms while it runs. Takes a second.
 */
export async function bundlePrograms(): Promise<(name: string) => string> {
  const folder = join(here, 'dist')
  const entry = Object.fromEntries(
    [
      'sink/sink',
      'sink/mock',
      'drivers/harrow',
      'drivers/kafkajs',
      'drivers/platformatic',
      'drivers/rdkafka-binding',
      'drivers/confluent-promises',
    ].map((name) => [name.replace('/', '-'), join(here, `${name}.ts`)]),
  )
  await build({
    config: false,
    entry,
    outDir: folder,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    dts: false,
    clean: false,
    logLevel: 'warn',
    // Peers stay what they are on disk: native parts, and code that finds its files by its place.
    deps: {
      neverBundle: [/^kafkajs/, /^@platformatic/, /^lz4-napi/, /^snappy$/, /^@node-rs/],
      alwaysBundle: [/^@harrow/, /^crc-32/, /^snappyjs/, /^lz4js/, /^fzstd/],
    },
    inputOptions: { resolve: { conditionNames: ['@harrow/source', 'node', 'import', 'default'] } },
  })
  return (name) => join(folder, `${name}.mjs`)
}
