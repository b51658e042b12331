/**
 * Writes the configuration table of packages/producer/README.md from the table that the producer parses by:
 * `pnpm readme`. A test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConfigRow, inertConfigKeys, producerConfigTable } from '../packages/producer/src/config-table.ts'

export const readmePath: string = join(import.meta.dirname, '../packages/producer/README.md')

const begin = '<!-- begin: configuration (written by `pnpm readme`) -->'
const end = '<!-- end: configuration -->'

/** The text with the table as it must be. Throws if the marks are missing. */
export function withConfigTable(readme: string): string {
  const from = readme.indexOf(begin)
  const to = readme.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${readmePath}: no ${begin}`)
  return `${readme.slice(0, from + begin.length)}\n${configTable()}\n${readme.slice(to)}`
}

function configTable(): string {
  const rows = producerConfigTable.map(({ key, shownDefault, allowed, doc }: ConfigRow) => {
    return `| \`${key}\` | ${shownDefault} | ${allowed} | ${doc} |`
  })
  const inert = Object.entries(inertConfigKeys).map(
    ([key, why]) => `| \`${key}${key.endsWith('.') ? '*' : ''}\` | ${why} |`,
  )
  return [
    '| key | default | allowed | |',
    '|---|---|---|---|',
    ...rows,
    '',
    'Keys of the Java producer that have no effect here, and only warn:',
    '',
    '| key | why |',
    '|---|---|',
    ...inert,
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(readmePath, withConfigTable(readFileSync(readmePath, 'utf8')))
}
