/** A probe to which the mock gives another answer than the reference, and why that is so. */
export interface KnownDifference {
  /** The probe, as `row: name`. */
  readonly probe: string
  readonly verdict: 'differs on purpose' | 'not modelled'
  readonly why: string
}

const fewerApis = 'ApiVersions lists what the mock serves, which is less; no cluster features'

export const knownDifferences: readonly KnownDifference[] = [
  { probe: 'A2: client software: one letter', verdict: 'not modelled', why: fewerApis },
  { probe: 'A2: client software: dots and dashes inside', verdict: 'not modelled', why: fewerApis },
  { probe: 'A3: what is served', verdict: 'not modelled', why: fewerApis },
  { probe: 'A4: asked again', verdict: 'not modelled', why: fewerApis },
  {
    probe: 'P5: null records',
    verdict: 'differs on purpose',
    why: 'the real broker never answers on this connection again; the mock closes it and leaves a finding, because a test that hangs tells nobody why',
  },
]

/** Rows of the broker rules without a probe, and what is missing for one. */
export const notProbed: readonly { readonly rows: string; readonly why: string }[] = [
  {
    rows: 'F8, F9, F10',
    why: 'idle time, connection limits and quotas: minutes of waiting, or a broker of its own configuration',
  },
  { rows: 'F11, B1, I2, M4', why: 'needs a broker with SASL and ACLs' },
  { rows: 'F12', why: 'an exception nobody mapped: cannot be asked for, except by P5, B9 and B16' },
  { rows: 'P2, P13, P14, B35, I7, I8, I9, I10', why: 'transactions' },
  { rows: 'P10', why: 'the order of topics and partitions is random; the comparison sorts them' },
  { rows: 'B10', why: 'only a client without rights is refused: needs ACLs' },
  {
    rows: 'B11, B13, B37, B38, B39, B40, B43, M5, M6, M8, M9, M10',
    why: 'needs several brokers, and to stop some of them',
  },
  { rows: 'B12, B44, I11', why: 'disk, retention and controller faults' },
  { rows: 'B42', why: 'broker restart: see the parts producer and life-cycle of `pnpm interop`' },
  { rows: 'G2', why: 'needs several brokers, and to move leaders' },
  { rows: 'G6, G9, G17, O5, O8', why: 'sessions and rebalances that run out: from seconds to a week of waiting' },
  { rows: 'G14', why: 'needs a broker with `group.max.size`' },
  { rows: 'M3', why: 'automatic creation: the real broker answers by the state of its cache at that moment' },
]
