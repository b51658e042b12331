/**
 * Which tests of ours pin what the tests of Kafka's Java producer pin. `docs/parity/checklist.md` has a row per Java test
 * method; every other file of `docs/parity` has rows
 *
 *     | number | priority | Java test | `path` > "test name" |
 *     | number | priority | Java test | n/a: why it cannot apply, in a line |
 *     | number | priority | Java test | missing: why, in a line |
 *
 * with one or more tests, apart by `;`, and perhaps a remark after a dash. `pnpm parity` checks that the tests exist,
 * prints how much is covered and compares `docs/java-parity.md`; `pnpm parity --write` writes it (also after a conflict).
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** Sections in which every row of the checklist must have a row of ours. */
export const completeSections: readonly string[] = [
  '3.1',
  '3.2',
  '3.3',
  '3.4',
  '3.5',
  '3.6',
  '3.7',
  '3.8',
  '3.9',
  '3.10',
  '3.11',
  '3.12',
  '3.13',
]

/** Share of P1 rows that must be covered in a complete section; P0 must be covered whole. */
const p1CoverageMin = 0.95

export interface ChecklistRow {
  readonly number: number
  readonly section: string
  readonly priority: string
  readonly javaTest: string
  readonly pins: string
}

export type Answer =
  | { readonly kind: 'tested'; readonly tests: readonly TestName[]; readonly remark: string | undefined }
  | { readonly kind: 'n/a' | 'missing'; readonly why: string }

export interface TestName {
  readonly path: string
  readonly name: string
}

export interface ParityRow {
  /** File and line, for messages. */
  readonly at: string
  readonly number: number
  readonly priority: string
  readonly javaTest: string
  readonly answer: Answer
}

export interface Parity {
  readonly sections: ReadonlyMap<string, string>
  readonly checklist: readonly ChecklistRow[]
  readonly rows: readonly ParityRow[]
  readonly problems: readonly string[]
}

/** `files`: the texts of `docs/parity` by name. `testsOf`: the test names of a file; undefined when there is no such file. */
export function readParity(
  files: ReadonlyMap<string, string>,
  testsOf: (path: string) => readonly string[] | undefined,
  complete: readonly string[],
): Parity {
  const { sections, checklist } = readChecklist(files.get('checklist.md') ?? '')
  const problems: string[] = []
  const rows: ParityRow[] = []
  for (const [name, text] of files) {
    if (name === 'checklist.md') continue
    for (const [index, line] of text.split('\n').entries()) {
      const cells = cellsOf(line)
      if (cells === undefined) continue
      const at = `docs/parity/${name}:${index + 1}`
      const [number = '', priority = '', javaTest = '', cell = ''] = cells
      const answer = cells.length === 4 ? readAnswer(cell) : undefined
      if (answer === undefined) problems.push(`${at}: not | number | priority | Java test | \`path\` > "test name" |`)
      else rows.push({ at, number: Number(number), priority, javaTest, answer })
    }
  }
  problems.push(...rowProblems(checklist, rows), ...testProblems(rows, testsOf))
  for (const section of complete) problems.push(...sectionProblems(section, checklist, rows))
  return { sections, checklist, rows, problems }
}

function readChecklist(text: string): { sections: Map<string, string>; checklist: ChecklistRow[] } {
  const sections = new Map<string, string>()
  const checklist: ChecklistRow[] = []
  let section = ''
  for (const line of text.split('\n')) {
    const heading = /^## (\S+) (.+)$/.exec(line)
    if (heading !== null) {
      section = heading[1]!
      sections.set(section, heading[2]!)
    }
    const [number, priority = '', javaTest = '', pins = ''] = cellsOf(line) ?? []
    if (number !== undefined) checklist.push({ number: Number(number), section, priority, javaTest, pins })
  }
  return { sections, checklist }
}

/** The cells of a table row that begins with a number; undefined for any other line. */
function cellsOf(line: string): string[] | undefined {
  if (!/^\| *\d+ *\|/.test(line)) return undefined
  return line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
}

function readAnswer(cell: string): Answer | undefined {
  const excuse = /^(n\/a|missing): (.+)$/.exec(cell)
  if (excuse !== null) return { kind: excuse[1] as 'n/a' | 'missing', why: excuse[2]! }
  const tests: TestName[] = []
  let rest = cell
  for (;;) {
    const test = /^`([^`]+)` > "((?:[^"\\]|\\.)+)"/.exec(rest)
    if (test === null) return undefined
    tests.push({ path: test[1]!, name: test[2]!.replace(/\\(.)/g, '$1') })
    rest = rest.slice(test[0].length)
    if (!rest.startsWith('; ')) break
    rest = rest.slice(2)
  }
  const remark = /^ (?:-|–|—) (.+)$/.exec(rest)?.[1]
  return rest === '' || remark !== undefined ? { kind: 'tested', tests, remark } : undefined
}

function rowProblems(checklist: readonly ChecklistRow[], rows: readonly ParityRow[]): string[] {
  const byNumber = new Map(checklist.map((line) => [line.number, line]))
  const seen = new Map<number, string>()
  const problems: string[] = []
  for (const { at, number, priority, javaTest } of rows) {
    const line = byNumber.get(number)
    const before = seen.get(number)
    if (before !== undefined) problems.push(`${at}: ${number} is answered in ${before}, too`)
    seen.set(number, at)
    if (line === undefined) problems.push(`${at}: ${number} is not in the checklist`)
    else if (line.priority !== priority) problems.push(`${at}: ${number} is ${line.priority}, not ${priority}`)
    else if (line.javaTest !== javaTest && !line.javaTest.endsWith(`.${javaTest}`)) {
      problems.push(`${at}: ${number} is ${line.javaTest}, not ${javaTest}`)
    }
  }
  return problems
}

function testProblems(rows: readonly ParityRow[], testsOf: (path: string) => readonly string[] | undefined): string[] {
  return rows.flatMap(({ at, answer }) => {
    if (answer.kind !== 'tested') return []
    return answer.tests.flatMap(({ path, name }) => {
      const names = testsOf(path)
      if (names === undefined) return [`${at}: there is no ${path}`]
      const count = names.filter((other) => other === name).length
      if (count === 0) return [`${at}: ${path} has no test "${name}"`]
      return count === 1 ? [] : [`${at}: ${path} has ${count} tests "${name}"`]
    })
  })
}

function sectionProblems(section: string, checklist: readonly ChecklistRow[], rows: readonly ParityRow[]): string[] {
  const answered = new Set(rows.map(({ number }) => number))
  const problems = checklist
    .filter((line) => line.section === section && !answered.has(line.number))
    .map((line) => `docs/parity: ${line.number} (${line.priority}, ${section}, ${line.javaTest}) has no row`)
  for (const [priority, min] of [
    ['P0', 1],
    ['P1', p1CoverageMin],
  ] as const) {
    const { lines, covered } = coverageOf(section, priority, checklist, rows)
    if (covered < lines * min) problems.push(`docs/parity: ${section}: ${covered} of ${lines} ${priority} are covered`)
  }
  return problems
}

interface Coverage {
  readonly lines: number
  readonly tested: number
  readonly notApplicable: number
  /** Tested, or cannot apply. */
  readonly covered: number
}

function coverageOf(
  section: string | undefined,
  priority: string,
  checklist: readonly ChecklistRow[],
  rows: readonly ParityRow[],
): Coverage {
  const lines = checklist.filter(
    (line) => (section === undefined || line.section === section) && line.priority === priority,
  )
  const kinds = new Map(rows.map(({ number, answer }) => [number, answer.kind]))
  const tested = lines.filter(({ number }) => kinds.get(number) === 'tested').length
  const notApplicable = lines.filter(({ number }) => kinds.get(number) === 'n/a').length
  return { lines: lines.length, tested, notApplicable, covered: tested + notApplicable }
}

/** The names given to `test` and `it`, `test.each` included, as they are written in the source. */
export function testNames(source: string): string[] {
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.arguments.length >= 2 && isTest(node.expression)) {
      const title = node.arguments[0]!
      if (ts.isStringLiteralLike(title)) names.push(title.text)
      else if (ts.isTemplateExpression(title)) names.push(title.getText().slice(1, -1))
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('x.test.ts', source, ts.ScriptTarget.Latest, true))
  return names
}

/** `test`, `test.each(...)`, `test.for(...)`, but not `test.skip`, `test.todo` or `test.fails`. */
function isTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 'test' || callee.text === 'it'
  if (!ts.isCallExpression(callee) || !ts.isPropertyAccessExpression(callee.expression)) return false
  const { expression, name } = callee.expression
  return (name.text === 'each' || name.text === 'for') && isTest(expression)
}

/** The names that a row may give: of tests, or of a scenario. */
export function namesIn(path: string, text: string): string[] {
  if (!path.endsWith('.yaml')) return testNames(text)
  const name = /^name: (.+)$/m.exec(text)?.[1]
  return name === undefined ? [] : [name.replace(/^(['"])(.*)\1$/, '$2')]
}

/** What `docs/java-parity.md` must be. */
export function renderParity(parity: Parity): string {
  const { sections, checklist, rows } = parity
  const answers = new Map(rows.map(({ number, answer }) => [number, answer]))
  const out = [
    '# Parity with the tests of the Java producer',
    '',
    'Written by `pnpm parity --write` from `docs/parity`: do not edit here. What the tests of the Java producer pin, in our',
    'words, and the test of ours that pins the same, or why the row cannot apply to this producer.',
    '',
    ...coverageTable(parity),
  ]
  for (const [section, title] of sections) {
    out.push('', `## ${section} ${title}`, '', '| # | | Java test | pins | ours |', '|---|---|---|---|---|')
    for (const line of checklist.filter((other) => other.section === section)) {
      const answer = answers.get(line.number)
      out.push(`| ${line.number} | ${line.priority} | ${line.javaTest} | ${line.pins} | ${renderAnswer(answer)} |`)
    }
  }
  return `${out.join('\n')}\n`
}

function renderAnswer(answer: Answer | undefined): string {
  if (answer === undefined) return 'open'
  if (answer.kind !== 'tested') return `${answer.kind}: ${answer.why}`
  const tests = answer.tests.map(({ path, name }) => `[${escapeCell(name)}](../${path})`).join('; ')
  return answer.remark === undefined ? tests : `${tests} - ${answer.remark}`
}

function escapeCell(text: string): string {
  return text.replace(/[[\]\\]/g, '\\$&').replace(/(?<!\\)\|/g, '\\|')
}

export function coverageTable({ sections, checklist, rows }: Parity): string[] {
  const cells = (section: string | undefined): string =>
    ['P0', 'P1']
      .map((priority) => {
        const { lines, tested, notApplicable, covered } = coverageOf(section, priority, checklist, rows)
        const percent = lines === 0 ? 100 : Math.floor((100 * covered) / lines)
        return `${lines} | ${tested} | ${notApplicable} | ${percent} %`
      })
      .join(' | ')
  return [
    '| section | P0 | tested | n/a | covered | P1 | tested | n/a | covered |',
    '|---|---|---|---|---|---|---|---|---|',
    ...[...sections].map(([section, title]) => `| ${section} ${title} | ${cells(section)} |`),
    `| all | ${cells(undefined)} |`,
  ]
}

/** What the files of this repository say. */
export function readRepository(root: string): { parity: Parity; committed: string; rendered: string } {
  const folder = join(root, 'docs/parity')
  const files = new Map(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  )
  const known = new Map<string, string[]>()
  const testsOf = (path: string): string[] | undefined => {
    const file = join(root, path)
    if (!existsSync(file)) return undefined
    const names = known.get(path) ?? namesIn(path, readFileSync(file, 'utf8'))
    known.set(path, names)
    return names
  }
  const parity = readParity(files, testsOf, completeSections)
  const target = join(root, 'docs/java-parity.md')
  const committed = existsSync(target) ? readFileSync(target, 'utf8') : ''
  return { parity, committed, rendered: renderParity(parity) }
}

function main(args: readonly string[]): number {
  const root = join(import.meta.dirname, '..')
  const { parity, committed, rendered } = readRepository(root)
  const problems = [...parity.problems]
  if (args.includes('--write')) writeFileSync(join(root, 'docs/java-parity.md'), rendered)
  else if (committed !== rendered) problems.push('docs/java-parity.md is stale: run `pnpm parity --write`')
  process.stdout.write(`${coverageTable(parity).join('\n')}\n`)
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  return problems.length === 0 ? 0 : 1
}

if (process.argv[1] === import.meta.filename) process.exitCode = main(process.argv.slice(2))
