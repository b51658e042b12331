import type { ReportedRun } from '../src/run-report/reported-run.ts'
import { element } from './element.ts'
import { bars, marks } from './symbols.ts'

/** What the bars and marks mean: only of kinds that are there. */
export function legend(run: ReportedRun): HTMLElement {
  const barKinds = Object.keys(bars).filter((kind) => run.bars.some((bar) => bar.kind === kind))
  const markKinds = Object.keys(marks).filter((kind) => run.marks.some((mark) => mark.kind === kind))
  return element(
    'div',
    { class: 'legend' },
    ...barKinds.map((kind) => {
      const { name, colour } = bars[kind as keyof typeof bars]
      return element('span', {}, swatch('M0 2H22V9H0Z', colour, { width: 22, height: 11 }), name)
    }),
    ...markKinds.map((kind) => {
      const { name, colour, path, ...size } = marks[kind as keyof typeof marks]
      return element('span', {}, swatch(path, colour, size), name)
    }),
  )
}

function swatch(
  path: string,
  colour: string,
  { width, height }: { readonly width: number; readonly height: number },
): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('width', String(width))
  svg.setAttribute('height', String(height))
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  shape.setAttribute('d', path)
  shape.setAttribute('fill', `var(--${colour})`)
  svg.append(shape)
  return svg
}
