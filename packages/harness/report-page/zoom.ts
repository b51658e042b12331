import type { ECharts } from 'echarts/core'
import type { ChosenMoment } from './chosen-moment.ts'

/** Keeps a chart's stretch of time and that of all the others the same, and its size that of its box. */
export function zoomable(chart: ECharts, endMs: number, moment: ChosenMoment): void {
  let isFollowing = false
  chart.on('datazoom', () => {
    if (isFollowing) return
    const { dataZoom } = chart.getOption() as { dataZoom: { startValue: number; endValue: number }[] }
    const [first] = dataZoom
    if (first !== undefined) moment.view(first.startValue, first.endValue)
  })
  const follow = (): void => {
    isFollowing = true
    chart.dispatchAction({ type: 'dataZoom', startValue: moment.fromMs, endValue: Math.min(endMs, moment.toMs) })
    isFollowing = false
  }
  moment.onChange(follow)
  follow()
  new ResizeObserver(() => chart.resize()).observe(chart.getDom())
}
