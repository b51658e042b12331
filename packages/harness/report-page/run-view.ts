import type { BrokenLaw, ReportedRun } from '../src/run-report/reported-run.ts'
import { ChosenMoment } from './chosen-moment.ts'
import { element } from './element.ts'
import { legend } from './legend.ts'
import { numberCharts } from './number-charts.ts'
import type { Place } from './place.ts'
import { shownTime } from './theme.ts'
import { timeline } from './timeline.ts'
import { traceTable } from './trace-table.ts'

/** One run from top to bottom: what broke, when things happened, the numbers, and every event. */
export function runView(run: ReportedRun, place: Place): HTMLElement {
  const moment = new ChosenMoment(run.endMs, place.read().view)
  moment.onChange(() => place.writeView(moment.fromMs, moment.toMs))
  const view = element('main', {}, ...verdict(run))
  if (run.lanes.length === 0) return view
  const trace = traceTable(run, moment)
  const whole = element('button', { type: 'button' }, 'whole run')
  whole.onclick = () => moment.view(0, run.endMs)
  const zooms = [whole]
  const broken = run.broken.find(({ atMs }) => atMs !== undefined)?.atMs
  if (broken !== undefined) {
    const close = element('button', { type: 'button' }, 'what broke')
    close.onclick = () =>
      moment.view(Math.max(0, broken - run.endMs / 20), Math.min(run.endMs, broken + run.endMs / 50))
    zooms.push(close)
  }
  view.append(
    element('h3', {}, 'Timeline'),
    element(
      'p',
      { class: 'hint' },
      'From top to bottom a record goes from the application through its partition to a broker. Drag to move, the slider or Ctrl and the wheel to zoom; a click on anything finds its events in the table below.',
    ),
    legend(run),
    element('div', { class: 'tools' }, 'Show', ...zooms),
    timeline(run, moment, (words) => trace.find(words)),
    element('h3', {}, 'Numbers'),
    numberCharts(run, moment),
    element('h3', {}, 'Every event'),
    trace.element,
  )
  return view
}

function verdict(run: ReportedRun): HTMLElement[] {
  const {
    name,
    file,
    world,
    subject,
    outcome,
    reason,
    seed,
    why,
    replay,
    endMs,
    realMs,
    counts,
    broken,
    held,
    notJudged,
  } = run
  const time =
    world === 'simulated'
      ? `${shownTime(endMs)} of virtual time, ${shownTime(Math.round(realMs))} real`
      : shownTime(Math.round(realMs))
  const facts = [
    ...(subject === undefined ? [] : [subject]),
    `${world === 'simulated' ? 'simulated world' : 'TCP on this machine'}, seed ${seed}`,
    time,
    `${counts.records} records: ${counts.acknowledged} acknowledged, ${counts.failed} failed`,
    `${counts.requests} requests`,
  ]
  return [
    element('h2', {}, element('span', { class: outcome }, outcome), ` ${name}`),
    element('p', { class: 'facts' }, [file, ...facts].filter((fact) => fact !== undefined).join(' · ')),
    ...(why === undefined ? [] : [element('p', { class: 'why' }, why)]),
    ...(reason === undefined ? [] : [element('p', {}, `Skipped: ${reason}`)]),
    ...broken.map(brokenLaw),
    ...run.cut.map((sentence) => element('p', { class: 'cut' }, sentence)),
    ...(run.faults.length === 0 ? [] : [faultTable(run)]),
    element('pre', {}, replay),
    details(`${held.length} laws and expectations held`, held.join(', ')),
    ...(notJudged.length === 0
      ? []
      : [
          details(
            `${notJudged.length} do not apply here`,
            notJudged.map(({ law, why }) => `${law}: ${why}`).join('\n'),
          ),
        ]),
  ]
}

function brokenLaw({ law, statement, message, evidence }: BrokenLaw): HTMLElement {
  return element(
    'div',
    { class: 'broken' },
    element('b', {}, law),
    ` ${message}`,
    ...(statement === undefined ? [] : [element('p', {}, statement)]),
    ...(evidence.length === 0 ? [] : [element('pre', {}, evidence.join('\n'))]),
  )
}

function faultTable({ faults }: ReportedRun): HTMLElement {
  return element(
    'table',
    { class: 'plain' },
    element('tr', {}, ...['fault', 'acted', ''].map((head) => element('th', {}, head))),
    ...faults.map(({ name, hits, isConsumed, closest }) =>
      element(
        'tr',
        {},
        element('td', {}, name),
        element('td', {}, `${hits} ${hits === 1 ? 'time' : 'times'}`),
        element(
          'td',
          isConsumed ? {} : { class: 'failed' },
          isConsumed ? '' : `less often than asked for${closest === undefined ? '' : `: ${closest}`}`,
        ),
      ),
    ),
  )
}

function details(summary: string, text: string): HTMLElement {
  return element('details', {}, element('summary', {}, summary), element('pre', {}, text))
}
