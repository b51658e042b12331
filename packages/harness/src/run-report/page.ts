import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import type { PageRun } from './run-report.ts'

export interface PageOptions {
  /** Of harrow. */
  readonly version: string
  /** `2026-11-26 14:03 UTC`. */
  readonly madeAt: string
}

/**
 * The whole page: nothing in it is loaded from anywhere. What runs say is embedded as JSON and written by the script
 * as text, so no name, value or message can become markup.
 */
export function reportPage(runs: readonly PageRun[], { version, madeAt }: PageOptions): string {
  const count = (outcome: string): number => runs.filter(({ summary }) => summary.outcome === outcome).length
  const title = `harrow: ${count('failed')} failed, ${count('passed')} passed, ${count('skipped')} skipped`
  const about = { version, madeAt, runs: runs.map(({ summary }) => summary) }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>${pageStyle}</style>
</head>
<body>
<noscript>This page draws with JavaScript.</noscript>
<div id="page"></div>
${jsonElement('about', JSON.stringify(about))}
${runs.map(({ json }, at) => jsonElement(`run-${at}`, json)).join('\n')}
<script>${pageScript()}</script>
</body>
</html>
`
}

/** JSON in a page: inside a script element only `<` can end it, begin another, or open a comment. */
function jsonElement(id: string, json: string): string {
  return `<script type="application/json" id="${id}">${json.replaceAll('<', '\\u003c')}</script>`
}
