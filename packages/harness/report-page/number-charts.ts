import { init } from 'echarts/core'
import type { ReportedRun } from '../src/run-report/reported-run.ts'
import type { ChosenMoment } from './chosen-moment.ts'
import { element } from './element.ts'
import { colour, shownTime } from './theme.ts'
import { timeAxis } from './time-axis.ts'
import { timeLines } from './time-lines.ts'
import { zoomable } from './zoom.ts'

interface NumberChart {
  readonly title: string
  readonly caption: string
  readonly yAxis: object | readonly object[]
  readonly series: readonly object[]
  readonly tip: (point: readonly (number | string)[], series: string) => string
}

/** Buffer use, requests in flight, batch fill and latency over time; those of which nothing is known are left out. */
export function numberCharts(run: ReportedRun, moment: ChosenMoment): HTMLElement {
  const wanted = [bufferChart(run), inFlightChart(run), fillChart(run), latencyChart(run)]
  return element(
    'div',
    { class: 'charts' },
    ...wanted.filter((chart) => chart !== undefined).map((chart) => figure(run, moment, chart)),
  )
}

function figure(run: ReportedRun, moment: ChosenMoment, chart: NumberChart): HTMLElement {
  const box = element('div', { style: 'height:200px' })
  const { title, caption, yAxis, tip } = chart
  requestAnimationFrame(() => {
    const drawn = init(box)
    const series = (): object[] =>
      chart.series.map((one, at) => ({
        animation: false,
        progressive: 0,
        ...one,
        ...(at === 0 ? { markLine: timeLines(run, moment) } : {}),
      }))
    drawn.setOption({
      animation: false,
      grid: { left: 64, right: 50, top: 24, bottom: 28 },
      xAxis: timeAxis(run.endMs, { splitLine: { show: false } }),
      yAxis,
      dataZoom: [{ type: 'inside', filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true }],
      tooltip: {
        trigger: 'item',
        confine: true,
        backgroundColor: colour('panel'),
        borderColor: colour('line'),
        textStyle: { color: colour('ink'), fontSize: 12 },
        formatter: ({ value, seriesName }: { value: readonly (number | string)[]; seriesName: string }) =>
          element('div', {}, tip(value, seriesName)),
      },
      series: series(),
    })
    drawn.on('click', ({ value }) => {
      if (Array.isArray(value)) moment.choose(Number(value[0]))
    })
    zoomable(drawn, run.endMs, moment)
    moment.onChange(() => drawn.setOption({ series: series() }))
  })
  return element('figure', { class: 'panel' }, element('figcaption', {}, title, element('small', {}, caption)), box)
}

function axis(more: object = {}): object {
  return {
    type: 'value',
    axisLabel: { color: colour('dim') },
    splitLine: { lineStyle: { color: colour('line') } },
    ...more,
  }
}

function bufferChart({ charts }: ReportedRun): NumberChart | undefined {
  const { bufferBytes, bufferBytesTotal, blockedSends } = charts
  if (bufferBytes.length === 0) return undefined
  const most = Math.max(...bufferBytes.map(([, bytes]) => bytes))
  const interval = 2 ** Math.ceil(Math.log2(Math.max(4, most) / 4))
  const hasBlocked = blockedSends.some(([, sends]) => sends > 0)
  const share = bufferBytesTotal > 0 ? `, ${Math.round((most / bufferBytesTotal) * 100)} % of buffer.memory` : ''
  return {
    title: 'Buffer use',
    caption: `at most ${shownBytes(most)}${share}${hasBlocked ? '; orange: calls of send() that wait' : ''}`,
    yAxis: [
      axis({
        // Of 1024, so that the axis has round numbers of kB and MB.
        interval,
        max: Math.max(interval, Math.ceil(most / interval) * interval),
        axisLabel: { formatter: shownBytes, color: colour('dim') },
      }),
      axis({ show: hasBlocked, splitLine: { show: false }, minInterval: 1, axisLabel: { color: colour('warn') } }),
    ],
    series: [
      { ...steps(colour('in-flight')), name: 'buffer', areaStyle: { opacity: 0.25 }, data: bufferBytes },
      ...(hasBlocked ? [{ ...steps(colour('warn')), name: 'blocked', yAxisIndex: 1, data: blockedSends }] : []),
    ],
    tip: ([atMs, value], series) =>
      `${shownTime(Number(atMs))}: ${series === 'buffer' ? shownBytes(Number(value)) : `${value} sends wait`}`,
  }
}

function inFlightChart({ charts: { inFlight } }: ReportedRun): NumberChart | undefined {
  if (inFlight.length === 0) return undefined
  return {
    title: 'Requests in flight',
    caption: `of all kinds, to all brokers; at most ${Math.max(...inFlight.map(([, open]) => open))}`,
    yAxis: axis({ minInterval: 1 }),
    series: [{ ...steps(colour('produce')), name: 'requests', areaStyle: { opacity: 0.25 }, data: inFlight }],
    tip: ([atMs, open]) => `${shownTime(Number(atMs))}: ${open} in flight`,
  }
}

function fillChart({ charts: { batchFill, batchBytesMax } }: ReportedRun): NumberChart | undefined {
  if (batchFill.length === 0) return undefined
  return {
    title: 'Batch fill',
    caption: `each dot a batch when it was first sent; 100 % is batch.size${batchBytesMax === 0 ? '' : `, ${shownBytes(batchBytesMax)}`}`,
    yAxis: axis({ axisLabel: { formatter: '{value} %', color: colour('dim') } }),
    series: [
      {
        type: 'scatter',
        symbolSize: 6,
        name: 'batches',
        itemStyle: { color: colour('in-flight'), opacity: 0.7 },
        data: batchFill.map(([atMs, fill, records, partition]) => [
          atMs,
          Math.round(fill * 1000) / 10,
          records,
          partition,
        ]),
      },
    ],
    tip: ([atMs, percent, records, partition]) =>
      `${shownTime(Number(atMs))}: ${percent} % full, ${records} records of ${partition}`,
  }
}

function latencyChart({ charts: { latency } }: ReportedRun): NumberChart | undefined {
  if (latency.length === 0) return undefined
  const shown = latency.map(([atMs, ms, outcome, number]) => [atMs, Math.max(ms, 0.01), outcome, number] as const)
  const values = shown.map(([, ms]) => ms).sort((a, b) => a - b)
  const [least = 1, most = 1] = [values[0], values.at(-1)]
  const isWide = most / least > 50
  const failed = shown.filter(([, , outcome]) => outcome === 'failed')
  const dots = { type: 'scatter', symbolSize: 5 } as const
  return {
    title: 'Latency of records',
    caption: `from send() to its end; half within ${shownTime(values[values.length >> 1] ?? 0)}, at most ${shownTime(most)}${failed.length > 0 ? '; red: failed' : ''}`,
    yAxis: axis({ type: isWide ? 'log' : 'value', axisLabel: { formatter: shownTime, color: colour('dim') } }),
    series: [
      {
        ...dots,
        name: 'acknowledged',
        itemStyle: { color: colour('good'), opacity: 0.6 },
        data: shown.filter(([, , outcome]) => outcome === 'acknowledged'),
      },
      { ...dots, name: 'failed', itemStyle: { color: colour('bad'), opacity: 0.8 }, data: failed },
    ],
    tip: ([atMs, ms, outcome, number]) =>
      `record ${number}, sent at ${shownTime(Number(atMs))}: ${outcome} after ${shownTime(Number(ms))}`,
  }
}

function steps(ink: string): object {
  return {
    type: 'line',
    step: 'end',
    symbol: 'circle',
    symbolSize: 4,
    showSymbol: false,
    lineStyle: { width: 1.2, color: ink },
    itemStyle: { color: ink },
  }
}

function shownBytes(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${Number((bytes / 1024 / 1024).toFixed(1))} MB`
  return bytes >= 1024 ? `${Number((bytes / 1024).toFixed(1))} kB` : `${Math.round(bytes)} B`
}
