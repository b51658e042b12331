/** The script of the page that `harrow run --report` writes: a list of runs, and the one that was chosen. */
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { DataZoomComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import type { ReportedRun, RunSummary } from '../src/run-report/reported-run.ts'
import { element } from './element.ts'
import { Place } from './place.ts'
import { runView } from './run-view.ts'

use([
  CustomChart,
  LineChart,
  ScatterChart,
  DataZoomComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  CanvasRenderer,
])

interface About {
  readonly version: string
  readonly madeAt: string
  readonly runs: readonly RunSummary[]
}

const page = document.getElementById('page')!
const about = embedded<About>('about')
const place = new Place(about.runs.length)
const list = element('ul')
const search = element('input', { type: 'search', placeholder: 'find a scenario', 'aria-label': 'find a scenario' })
const links = about.runs.map(({ name, world, outcome }, at) =>
  element(
    'a',
    { href: `#${at}`, title: `${name} (${world})` },
    element('span', { class: outcome }, { failed: '✗', passed: '✓', skipped: '–' }[outcome]),
    element('span', {}, name, element('small', {}, ` ${world}`)),
  ),
)

function embedded<Data>(id: string): Data {
  return JSON.parse(document.getElementById(id)!.textContent) as Data
}

function showRun(): void {
  const { run: at } = place.read()
  for (const [index, link] of links.entries()) {
    if (index === at) link.setAttribute('aria-current', 'true')
    else link.removeAttribute('aria-current')
  }
  links[at]?.scrollIntoView({ block: 'nearest' })
  page.querySelector('main')?.remove()
  if (about.runs.length > 0) page.append(runView(embedded<ReportedRun>(`run-${at}`), place))
}

function filterRuns(): void {
  const wanted = search.value.toLowerCase()
  list.replaceChildren(
    ...links.flatMap((link, at) => {
      const { name, file = '', world, outcome } = about.runs[at]!
      return `${name} ${file} ${world} ${outcome}`.toLowerCase().includes(wanted) ? [element('li', {}, link)] : []
    }),
  )
}

const count = (outcome: string): number => about.runs.filter((run) => run.outcome === outcome).length
page.append(
  element(
    'nav',
    {},
    element('h1', {}, 'harrow'),
    element('p', {}, `${count('failed')} failed, ${count('passed')} passed, ${count('skipped')} skipped`),
    element('p', {}, `${about.madeAt}, harrow ${about.version}`),
    search,
    list,
  ),
)
search.oninput = filterRuns
window.onhashchange = showRun
// A canvas does not follow the style by itself.
matchMedia('(prefers-color-scheme: dark)').onchange = showRun
filterRuns()
showRun()
