import type { ReportedRun } from '../src/run-report/reported-run.ts'
import type { ChosenMoment } from './chosen-moment.ts'
import { colour } from './theme.ts'

/**
 * Vertical lines that every chart shares: what broke, the end of the faults, and the moment that was clicked on. `top` is
 * the end of a line that is at the top: its start where the axis is turned over.
 */
export function timeLines(run: ReportedRun, moment: ChosenMoment, top: 'start' | 'end' = 'end') {
  const line = (xAxis: number, formatter: string, name: string, dash: 'solid' | 'dashed') => ({
    xAxis,
    lineStyle: { color: colour(name), width: 1.5, type: dash },
    label: { formatter, color: colour(name), position: top, distance: 3, fontSize: 11 },
  })
  const broken = run.broken.find(({ atMs }) => atMs !== undefined)
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    data: [
      ...(run.healedAtMs === undefined ? [] : [line(run.healedAtMs, 'faults over', 'dim', 'dashed')]),
      ...(broken?.atMs === undefined ? [] : [line(broken.atMs, broken.law, 'bad', 'solid')]),
      ...(moment.atMs === undefined ? [] : [line(moment.atMs, '', 'warn', 'solid')]),
    ],
  }
}
