import { join } from 'node:path'
import { build } from 'tsdown'

/**
 * The programs of a bench as JavaScript, bundled as users get ours: through `tsdown`, not through a loader that
 * transforms while it runs. Takes a second. `bench` is the folder of this name in the checkout to bundle.
 */
export async function bundlePrograms(bench = import.meta.dirname): Promise<(name: string) => string> {
  const folder = join(bench, 'dist')
  const entry = Object.fromEntries(
    [
      'sink/sink',
      'sink/mock',
      'drivers/harrow',
      'drivers/kafkajs',
      'drivers/platformatic',
      'drivers/rdkafka-binding',
      'drivers/confluent-promises',
    ].map((name) => [name.replace('/', '-'), join(bench, `${name}.ts`)]),
  )
  await build({
    config: false,
    cwd: bench,
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
