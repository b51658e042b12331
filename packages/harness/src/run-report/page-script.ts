import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

type Bundler = typeof import('esbuild')

/**
 * The script of the page with the plotting library in it, as one text. Built, it lies beside the command; from source
 * it is bundled on the spot. `<` in front of `/script` and `!--` is written otherwise, so that it can stand in a page.
 */
export function pageScript(): string {
  const built = new URL('./report-page.iife.js', import.meta.url)
  return (existsSync(built) ? readFileSync(built, 'utf8') : bundled())
    .replaceAll('</script', '<\\/script')
    .replaceAll('<!--', '<\\!--')
}

function bundled(): string {
  // Not an import: nothing of a bundler belongs into what is published.
  const { buildSync } = createRequire(import.meta.url)('esbuild') as Bundler
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('../../report-page/main.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0]!.text
}
