import type { ScenarioResult } from '../scenario/run.ts'
import { failureHeadline, failureText } from './failure-text.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'

/**
 * JUnit XML for CI servers, written at the end: a suite per world, a case per scenario. There is no official schema;
 * this follows testmoapp/junitxml. Seed and replay line are properties of the case, and stand in the failure text too.
 */
export function junitReporter(output: ReporterOutput): Reporter {
  return {
    starting() {},
    result() {},
    finished(results, tookMs) {
      const worlds = [...new Set(results.map(({ world }) => world))]
      const lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites name="harrow" ${counts(results)} time="${seconds(tookMs)}">`,
        ...worlds.flatMap((world) =>
          suite(
            world,
            results.filter((result) => result.world === world),
          ),
        ),
        '</testsuites>',
      ]
      output.out(`${lines.join('\n')}\n`)
    },
  }
}

function suite(world: string, results: readonly ScenarioResult[]): string[] {
  const time = results.reduce((sum, { realMs }) => sum + realMs, 0)
  return [
    `  <testsuite name="${escaped(world)}" ${counts(results)} time="${seconds(time)}">`,
    ...results.flatMap(testCase),
    '  </testsuite>',
  ]
}

function testCase(result: ScenarioResult): string[] {
  const { name, world, file, seed, replay, outcome, reason, realMs } = result
  const where = file === undefined ? '' : ` file="${escaped(file)}"`
  const lines = [
    `    <testcase name="${escaped(name)}" classname="${escaped(`${world}.${file ?? 'scenario'}`)}"${where} time="${seconds(realMs)}">`,
    '      <properties>',
    `        <property name="seed" value="${seed}"/>`,
    `        <property name="replay" value="${escaped(replay)}"/>`,
    '      </properties>',
  ]
  if (outcome === 'skipped') lines.push(`      <skipped message="${escaped(reason ?? '')}"/>`)
  if (outcome === 'failed') {
    lines.push(
      `      <failure message="${escaped(failureHeadline(result))}" type="law">${escaped(failureText(result))}</failure>`,
    )
  }
  return [...lines, '    </testcase>']
}

function counts(results: readonly ScenarioResult[]): string {
  const of = (outcome: ScenarioResult['outcome']): number => results.filter((one) => one.outcome === outcome).length
  return `tests="${results.length}" failures="${of('failed')}" skipped="${of('skipped')}" errors="0"`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text and attribute values alike. */
function escaped(text: string): string {
  let out = ''
  for (const character of text) {
    if (character === '\n') out += '&#10;'
    else out += isAllowed(character.codePointAt(0) as number) ? (entities[character] ?? character) : '\ufffd'
  }
  return out
}

/** What XML 1.0 can hold at all: no control characters but tab and line ends, no half of a surrogate pair. */
function isAllowed(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff
}
