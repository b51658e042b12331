import type { ReportedRun, TraceRow } from '../src/run-report/reported-run.ts'
import type { ChosenMoment } from './chosen-moment.ts'
import { element } from './element.ts'

/** Of a row: what the style says. */
const rowHeight = 20
const rowsBeyond = 20
const bad = /fail|refused|lost|timed-out|expired|fault|fatal|exhausted|duplicate|stopped|truncated/
const good = /acknowledged|completed|appended/

export interface TraceTable {
  readonly element: HTMLElement
  /** Shows the rows that have all these words. */
  find(words: string): void
}

/** Every event with its time, filtered; only the rows in sight are in the document. */
export function traceTable(run: ReportedRun, moment: ChosenMoment): TraceTable {
  const filter = element('input', {
    type: 'search',
    placeholder: 'words, or key=value, or -without',
    'aria-label': 'filter of the events',
  })
  const onlyInView = element('input', { type: 'checkbox' })
  const sources = ['producer', 'broker', 'workload'].map((source) => ({
    source,
    box: element('input', { type: 'checkbox', checked: true }),
  }))
  const count = element('span', { class: 'hint' })
  const rows = element('tbody')
  const table = element('table', {}, rows)
  const spacer = element('div')
  const scroller = element('div', { class: 'trace panel', tabindex: '0' }, spacer, table)
  let shown: TraceRow[] = []

  const draw = (): void => {
    const from = Math.max(0, Math.floor(scroller.scrollTop / rowHeight) - rowsBeyond)
    const to = Math.min(shown.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / rowHeight) + rowsBeyond)
    table.style.top = `${from * rowHeight}px`
    rows.replaceChildren(...shown.slice(from, to).map((row) => traceRow(row, moment)))
  }
  const select = (): void => {
    const wanted = words(filter.value)
    const heard = new Set(sources.filter(({ box }) => box.checked).map(({ source }) => source))
    shown = run.trace.filter(
      (row) =>
        heard.has(row[1]) &&
        (!onlyInView.checked || (row[0] >= moment.fromMs && row[0] <= moment.toMs)) &&
        matches(row, wanted),
    )
    count.textContent = `${shown.length} of ${run.trace.length} events`
    spacer.style.height = `${shown.length * rowHeight}px`
    draw()
  }
  const scrollTo = (atMs: number): void => {
    const at = shown.findIndex((row) => row[0] >= atMs)
    if (at >= 0) scroller.scrollTop = Math.max(0, at * rowHeight - scroller.clientHeight / 2)
  }
  scroller.onscroll = draw
  for (const input of [filter, onlyInView, ...sources.map(({ box }) => box)]) input.oninput = select
  moment.onChange(() => {
    if (onlyInView.checked) select()
    else draw()
  })
  requestAnimationFrame(() => {
    select()
    const broken = run.broken.find(({ atMs }) => atMs !== undefined)?.atMs
    if (broken !== undefined) scrollTo(broken)
  })
  return {
    element: element(
      'section',
      {},
      element(
        'div',
        { class: 'tools' },
        filter,
        ...sources.map(({ source, box }) => element('label', {}, box, ` ${source}`)),
        element('label', {}, onlyInView, ' only the time in view'),
        count,
      ),
      scroller,
    ),
    find(text) {
      filter.value = text
      select()
      if (moment.atMs !== undefined) scrollTo(moment.atMs)
    },
  }
}

interface Word {
  readonly text: string
  readonly isUnwanted: boolean
}

function words(text: string): Word[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '-')
    .map((word) =>
      word.startsWith('-') ? { text: word.slice(1), isUnwanted: true } : { text: word, isUnwanted: false },
    )
}

/** `batch=4` is not in `batch=41`: a word with `=` must be there as a whole. */
function matches([atMs, source, event, rest]: TraceRow, wanted: readonly Word[]): boolean {
  const line = ` ${atMs} ${source} ${event} ${rest} `.toLowerCase()
  return wanted.every(({ text, isUnwanted }) => line.includes(/=./.test(text) ? ` ${text} ` : text) !== isUnwanted)
}

function traceRow([atMs, source, event, rest]: TraceRow, moment: ChosenMoment): HTMLElement {
  const row = element(
    'tr',
    { class: moment.atMs === atMs ? 'chosen' : undefined },
    element('td', {}, `${atMs.toFixed(3)} ms`),
    element('td', { class: source }, source),
    element('td', { class: bad.test(event) ? 'bad' : good.test(event) ? 'good' : undefined }, event),
    element('td', {}, rest),
  )
  row.onclick = () => moment.choose(atMs)
  return row
}
