import type { BarKind, MarkKind } from '../src/run-report/reported-run.ts'

/** How each kind of bar is called and coloured; the colour is a name of the page's style. */
export const bars: Readonly<Record<BarKind, { readonly name: string; readonly colour: string }>> = {
  step: { name: 'step of the workload', colour: 'step' },
  blocked: { name: 'send() has to wait', colour: 'blocked' },
  produce: { name: 'Produce request until its answer', colour: 'produce' },
  request: { name: 'other request', colour: 'request' },
  lost: { name: 'request without an answer', colour: 'lost' },
  down: { name: 'broker is down', colour: 'down' },
  gathering: { name: 'batch takes records, or waits to be sent', colour: 'gathering' },
  'in-flight': { name: 'batch is with the broker', colour: 'in-flight' },
  backoff: { name: 'batch waits to be sent again', colour: 'backoff' },
}

interface MarkLook {
  readonly name: string
  readonly colour: string
  /** Fills a box of this size, from 0, 0. */
  readonly path: string
  readonly width: number
  readonly height: number
}

/** How each kind of mark is called, coloured and drawn. */
export const marks: Readonly<Record<MarkKind, MarkLook>> = {
  send: { name: 'records handed to send()', colour: 'dim', path: 'M0 0H1.5V9H0Z', width: 1.5, height: 9 },
  acknowledged: {
    name: 'batch acknowledged',
    colour: 'good',
    path: 'M3 0A3 3 0 1 0 3 6A3 3 0 1 0 3 0Z',
    width: 6,
    height: 6,
  },
  failed: {
    name: 'records failed',
    colour: 'bad',
    path: 'M1 0L5 4L9 0L10 1L6 5L10 9L9 10L5 6L1 10L0 9L4 5L0 1Z',
    width: 10,
    height: 10,
  },
  fault: { name: 'a fault acts', colour: 'bad', path: 'M6 0L0 7H4L2 12L9 5H5Z', width: 9, height: 12 },
  leader: { name: 'another leader', colour: 'leader', path: 'M5 0L10 5L5 10L0 5Z', width: 10, height: 10 },
  appended: { name: 'written to the log', colour: 'in-flight', path: 'M0 0H1.5V7H0Z', width: 1.5, height: 7 },
  duplicate: { name: 'the broker had it already', colour: 'warn', path: 'M0 0H8V8H0Z', width: 8, height: 8 },
  refused: { name: 'the broker refuses', colour: 'bad', path: 'M0 0H10L5 9Z', width: 10, height: 9 },
  retry: { name: 'to be tried again', colour: 'warn', path: 'M4.5 0L9 8H0Z', width: 9, height: 8 },
  event: { name: 'something else', colour: 'dim', path: 'M2 0A2 2 0 1 0 2 4A2 2 0 1 0 2 0Z', width: 4, height: 4 },
}
