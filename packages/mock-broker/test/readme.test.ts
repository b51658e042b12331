import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MockCluster, parseFaultRule } from '../src/index.ts'

const folder = join(import.meta.dirname, '..')
const readme = readFileSync(join(folder, 'README.md'), 'utf8')

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '')
}

test('readme: its quick start is the test readme-example.test.ts, which is run', () => {
  expect(blocks('ts')[0]).toBe(readFileSync(join(folder, 'test/readme-example.test.ts'), 'utf8'))
})

test('readme: every fault rule in it is one', () => {
  const inCode = blocks('ts').flatMap((code) => [...code.matchAll(/cluster\.fault\((\{[\s\S]*?\})\)\n/g)])
  const inShell = blocks('sh').flatMap((code) => [...code.matchAll(/faults -d '(\{.*\})'/g)])
  const rules = [...inCode, ...inShell].map((match) => new Function(`return ${match[1]}`)() as unknown)
  expect(rules.length).toBeGreaterThan(4)
  for (const rule of rules) expect(parseFaultRule(rule)).toHaveProperty('rule')
})

test('readme: what it names of a cluster, of its control API and of files is there', async () => {
  await using cluster = await MockCluster.start()
  for (const [, name] of readme.matchAll(/\bcluster\.(\w+)/g)) {
    if (name !== 'yaml') expect(cluster, name).toHaveProperty(name ?? '')
  }
  const { paths } = JSON.parse(readFileSync(join(folder, 'schema/openapi.json'), 'utf8')) as { paths: object }
  const patterns = Object.keys(paths).map((path) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`))
  for (const [, path] of readme.matchAll(/localhost:8474([\w/.-]+)/g)) {
    expect(
      patterns.some((pattern) => pattern.test(path ?? '')),
      path,
    ).toBe(true)
  }
  for (const [, path] of readme.matchAll(/\]\(([\w./-]+)\)/g))
    expect(existsSync(join(folder, path ?? '')), path).toBe(true)
})
