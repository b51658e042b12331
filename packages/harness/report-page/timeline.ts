import type { CustomSeriesOption } from 'echarts/charts'
import { graphic, init } from 'echarts/core'
import type { Bar, Mark, ReportedRun } from '../src/run-report/reported-run.ts'
import type { ChosenMoment } from './chosen-moment.ts'
import { element } from './element.ts'
import { bars as barLooks, marks as markLooks } from './symbols.ts'
import { colour, shownTime } from './theme.ts'
import { timeAxis } from './time-axis.ts'
import { timeLines } from './time-lines.ts'
import { zoomable } from './zoom.ts'

const rowHeight = 13
const marksHeight = 13
const padding = 4
const margin = { left: 150, right: 24, top: 22, bottom: 64 }
/** Narrower bars have no room for their title. */
const titleWidthMin = 34

type Render = NonNullable<CustomSeriesOption['renderItem']>

/** The lanes with their bars and marks. `find` is called with what to look for in the trace when one is clicked. */
export function timeline(run: ReportedRun, moment: ChosenMoment, find: (words: string) => void): HTMLElement {
  const { tops, height } = layOut(run)
  const box = element('div', { class: 'panel', style: `height:${margin.top + height + margin.bottom}px` })
  const yOfBar = ({ lane, row }: Bar): number => tops[lane]! + padding + marksHeight + row * rowHeight
  const yOfMark = ({ lane }: Mark): number => tops[lane]! + padding + marksHeight / 2

  const renderBar: Render = ({ dataIndex, coordSys }, api) => {
    const bar = run.bars[dataIndex]!
    const [x0, y] = api.coord([bar.fromMs, yOfBar(bar)]) as [number, number]
    const [x1] = api.coord([bar.toMs, 0]) as [number, number]
    const area = coordSys as unknown as { x: number; y: number; width: number; height: number }
    const shape = graphic.clipRectByRect({ x: x0, y, width: Math.max(1.5, x1 - x0), height: rowHeight - 2 }, area)
    if (shape === undefined) return null
    return {
      type: 'rect',
      shape: { ...shape, r: 1.5 },
      style: { fill: colours[barLooks[bar.kind].colour]! },
      ...(shape.width < titleWidthMin || crowded.has(dataIndex)
        ? {}
        : {
            textContent: {
              type: 'text' as const,
              style: {
                text: bar.title,
                fill: lightBars.includes(bar.kind) ? colours['ink']! : '#ffffff',
                fontSize: 9,
                width: shape.width - 6,
                overflow: 'truncate' as const,
              },
            },
            textConfig: { position: 'insideLeft' as const, distance: 3 },
          }),
    }
  }
  const renderMark: Render = ({ dataIndex, coordSys }, api) => {
    const mark = run.marks[dataIndex]!
    const [x, y] = api.coord([mark.atMs, yOfMark(mark)]) as [number, number]
    const area = coordSys as unknown as { x: number; width: number }
    if (x < area.x - 1 || x > area.x + area.width + 1) return null
    const { path, colour: name, width, height } = markLooks[mark.kind]
    // Moved, not drawn elsewhere: a path that is drawn stays as it is when the time in view changes.
    const shape = { pathData: path, x: -width / 2, y: -height / 2, width, height }
    return { type: 'path', x, y, shape, style: { fill: colours[name]! }, z2: rank(mark) }
  }
  const renderLane: Render = ({ dataIndex, coordSys }, api) => {
    const area = coordSys as unknown as { x: number; width: number }
    const lane = run.lanes[dataIndex]!
    const [, y] = api.coord([0, tops[dataIndex]!]) as [number, number]
    const laneHeight = (tops[dataIndex + 1] ?? height) - tops[dataIndex]!
    return {
      type: 'group',
      silent: true,
      children: [
        {
          type: 'rect',
          shape: { x: 0, y, width: area.x + area.width, height: laneHeight },
          style: { fill: dataIndex % 2 === 0 ? colours['stripe']! : 'transparent' },
        },
        {
          type: 'text',
          style: {
            text: lane.name,
            x: 10,
            y: y + laneHeight / 2,
            verticalAlign: 'middle',
            fill: colours['ink']!,
            fontSize: 12,
            width: margin.left - 20,
            overflow: 'truncate',
          },
        },
      ],
    }
  }

  const crowded = crowdedBars(run.bars)
  // A canvas knows no CSS: its colours are looked up once.
  const colours = Object.fromEntries(
    ['ink', 'stripe', ...Object.values({ ...barLooks, ...markLooks }).map((look) => look.colour)].map((name) => [
      name,
      colour(name),
    ]),
  )
  requestAnimationFrame(() => {
    const chart = init(box)
    chart.setOption({
      animation: false,
      grid: { left: margin.left, right: margin.right, top: margin.top, bottom: margin.bottom },
      xAxis: timeAxis(run.endMs, { splitLine: { lineStyle: { color: colour('line') } } }),
      yAxis: { type: 'value', min: 0, max: height, inverse: true, show: false },
      dataZoom: [
        { type: 'inside', filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true },
        {
          type: 'slider',
          filterMode: 'none',
          height: 22,
          bottom: 10,
          labelFormatter: (value: number) => shownTime(value),
          textStyle: { color: colour('dim') },
          showDataShadow: false,
          brushSelect: false,
        },
      ],
      tooltip: {
        confine: true,
        formatter: (item: { seriesId?: string; dataIndex: number }) => tip(run, item),
        backgroundColor: colour('panel'),
        borderColor: colour('line'),
        textStyle: { color: colour('ink'), fontSize: 12 },
      },
      series: [
        {
          type: 'custom',
          id: 'lanes',
          clip: false,
          silent: true,
          renderItem: renderLane,
          data: run.lanes.map(() => [0, 0]),
          z: 0,
          tooltip: { show: false },
        },
        {
          type: 'custom',
          id: 'bars',
          progressive: 0,
          renderItem: renderBar,
          encode: { x: [0, 1], y: 2 },
          data: run.bars.map((bar) => [bar.fromMs, bar.toMs, yOfBar(bar)]),
          markLine: timeLines(run, moment, 'start'),
        },
        {
          type: 'custom',
          id: 'marks',
          progressive: 0,
          renderItem: renderMark,
          encode: { x: 0, y: 1 },
          data: run.marks.map((mark) => [mark.atMs, yOfMark(mark)]),
          z: 3,
        },
      ],
    })
    chart.on('click', (item) => {
      const clicked = item.seriesId === 'bars' ? run.bars[item.dataIndex] : run.marks[item.dataIndex]
      if (clicked === undefined) return
      moment.choose('fromMs' in clicked ? clicked.fromMs : clicked.atMs)
      if (clicked.find !== undefined) find(clicked.find)
    })
    zoomable(chart, run.endMs, moment)
    moment.onChange(() => chart.setOption({ series: [{ id: 'bars', markLine: timeLines(run, moment, 'start') }] }))
  })
  return box
}

const lightBars: readonly string[] = ['step', 'gathering', 'blocked', 'backoff']

/** What went wrong lies over what went well. */
function rank({ kind }: Mark): number {
  return [
    'event',
    'send',
    'appended',
    'acknowledged',
    'leader',
    'retry',
    'duplicate',
    'refused',
    'failed',
    'fault',
  ].indexOf(kind)
}

/** Indices of the bars that lie on others in the last row of a full lane: their titles would too. */
function crowdedBars(bars: readonly Bar[]): ReadonlySet<number> {
  const crowded = new Set<number>()
  const last = new Map<string, number>()
  for (const [index, { lane, row, fromMs, toMs }] of bars.entries()) {
    const place = `${lane} ${row}`
    const before = last.get(place)
    if (before !== undefined && bars[before]!.toMs > fromMs) crowded.add(before).add(index)
    if (before === undefined || toMs > bars[before]!.toMs) last.set(place, index)
  }
  return crowded
}

function layOut({ lanes }: ReportedRun): { readonly tops: readonly number[]; readonly height: number } {
  const tops: number[] = []
  let height = 0
  for (const { rows } of lanes) {
    tops.push(height)
    height += 2 * padding + marksHeight + rows * rowHeight
  }
  return { tops, height }
}

function tip(run: ReportedRun, { seriesId, dataIndex }: { seriesId?: string; dataIndex: number }): HTMLElement {
  if (seriesId === 'bars') {
    const { lane, title, details, fromMs, toMs } = run.bars[dataIndex]!
    return element(
      'div',
      { class: 'tip' },
      element('b', {}, `${title}, ${run.lanes[lane]!.name}`),
      ...[`${shownTime(fromMs)} to ${shownTime(toMs)}`, ...details].map((line) => element('div', {}, line)),
    )
  }
  const { lane, title, atMs } = run.marks[dataIndex]!
  return element(
    'div',
    { class: 'tip' },
    element('b', {}, title),
    element('div', {}, `${run.lanes[lane]!.name}, at ${shownTime(atMs)}`),
  )
}
