import { BarChart } from 'echarts/charts'
import { GridComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Measured } from '../rounds.ts'

use([BarChart, GridComponent, TitleComponent, SVGRenderer])

/** Bars of one workload as an SVG, the best on top, ours in colour. */
export function barPlot(title: string, measured: readonly Measured[]): string {
  const isLatency = measured.some(({ latencyUs }) => latencyUs !== undefined)
  const shownValue = (one: Measured): number =>
    isLatency ? (one.latencyUs?.p50.median ?? 0) : one.recordsPerSecond.median / 1e6
  const worstFirst = [...measured].sort((a, b) =>
    isLatency ? shownValue(b) - shownValue(a) : shownValue(a) - shownValue(b),
  )
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 760, height: 90 + worstFirst.length * 34 })
  const series = {
    type: 'bar',
    barWidth: 20,
    data: worstFirst.map((one) => ({
      value: Number(shownValue(one).toPrecision(3)),
      itemStyle: { color: one.client === 'harrow' || one.label.startsWith('harrow') ? '#0b6e4f' : '#9aa5b1' },
    })),
    label: { show: true, position: 'right', color: '#333' },
  }
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, subtext: isLatency ? 'p50 in microseconds' : 'million records per second', left: 10, top: 6 },
    grid: { left: 200, right: 70, top: 60, bottom: 10 },
    xAxis: { type: 'value', show: false },
    yAxis: { type: 'category', data: worstFirst.map(({ label }) => label), axisTick: { show: false } },
    series: [series],
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return `${svg}\n`
}
