import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type InteropResults, interopPage } from '../interop-page.ts'

const page = new URL('../../docs/interop.md', import.meta.url)

/** What the parts found when they last ran with `--refresh`. It is data, so that a part can run alone. */
export function readResults(): InteropResults {
  const read = (name: keyof InteropResults) => {
    const file = fileOf(name)
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  }
  return {
    scenarios: read('scenarios'),
    'ten-million': read('ten-million'),
    'life-cycle': read('life-cycle'),
    clients: read('clients'),
    drivers: read('drivers'),
  }
}

/** Writes down what one part found, and the page with what all of them did. */
export function writeResults<Name extends keyof InteropResults>(name: Name, found: InteropResults[Name]): void {
  writeFileSync(fileOf(name), `${JSON.stringify(found, undefined, 2)}\n`)
  writeFileSync(page, interopPage(readResults()))
}

function fileOf(name: string): URL {
  return new URL(`./${name}.json`, import.meta.url)
}
