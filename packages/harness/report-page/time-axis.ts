import { colour, shownTime } from './theme.ts'

/** The axis of time that all charts share; its last label would lie over the one before. */
export function timeAxis(endMs: number, more: object): object {
  return {
    type: 'value',
    min: 0,
    max: endMs,
    axisLine: { onZero: false },
    axisLabel: { formatter: shownTime, color: colour('dim'), hideOverlap: true, showMaxLabel: false },
    ...more,
  }
}
