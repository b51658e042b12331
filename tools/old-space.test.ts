import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

/**
 * V8 makes two things in its old generation at once: a function that is written where it is assigned to a property
 * (`this.end = () => ...`), and the hidden class that every evaluation of a literal with a getter gets for itself. All that
 * they see outlives the collections of the young generation, however soon they are dropped: a whole run of the
 * explorer, or everything about a request. A function with a name of its own (`const end = ...; this.end = end`) and a
 * class are free of it.
 */
const folders = [
  'packages/protocol/src',
  'packages/runtime/src',
  'packages/producer/src',
  'packages/mock-broker/src',
  'packages/harness/src/checks',
  'packages/harness/src/explore',
  'packages/harness/src/worlds',
]
const root = join(import.meta.dirname, '..')

function madeInOldSpace(name: string, text: string): string[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (isAccessorOfLiteral(node) || isFunctionAssignedToProperty(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push(`${name}:${line + 1} ${node.getText().split('\n')[0]}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isAccessorOfLiteral(node: ts.Node): boolean {
  return ts.isAccessor(node) && ts.isObjectLiteralExpression(node.parent)
}

function isFunctionAssignedToProperty(node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node)) return false
  const { kind } = node.operatorToken
  if (kind < ts.SyntaxKind.FirstAssignment || kind > ts.SyntaxKind.LastAssignment) return false
  const { left, right } = node
  return (
    (ts.isPropertyAccessExpression(left) || ts.isElementAccessExpression(left)) &&
    (ts.isArrowFunction(right) || ts.isFunctionExpression(right))
  )
}

test('what the cores and the simulation make for one request or run can be collected while it is young', () => {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => join(folder, file)),
  )
  expect(files.length).toBeGreaterThan(200)
  expect(files.flatMap((file) => madeInOldSpace(file, readFileSync(join(root, file), 'utf8')))).toEqual([])
})

test.each([
  ['this.end = () => run', 1],
  ['this.end ??= function () {}', 1],
  ['list[0] = () => run', 1],
  ['const seen = { get run() { return run } }', 1],
  ['const end = () => run; this.end = end', 0],
  ['const seen = { run: () => run }', 0],
  ['class Seen { get run() { return run } }', 0],
])('%s', (text, found) => expect(madeInOldSpace('a.ts', text)).toHaveLength(found))
