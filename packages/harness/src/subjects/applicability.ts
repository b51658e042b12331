import type { Law } from '../checks/law.ts'
import { isQualifier } from '../expect/qualifiers.ts'
import type { ForeignProducer, History } from '../history.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import type { SubjectConfig } from './subject.ts'

/**
 * Settings that only say how long or how much at a time: a client without them is judged all the same, except by what
 * needs them (laws say so in `settings`, expectations in `expectationUnbound`). Without any other setting a scenario is
 * about something that the client does not have.
 */
const shaping = [
  'linger.ms',
  'batch.size',
  'delivery.timeout.ms',
  'request.timeout.ms',
  'max.block.ms',
  'retry.backoff.ms',
  'retry.backoff.max.ms',
  'reconnect.backoff.ms',
  'reconnect.backoff.max.ms',
  'socket.connection.setup.timeout.ms',
  'socket.connection.setup.timeout.max.ms',
  'metadata.max.age.ms',
  'connections.max.idle.ms',
  'client.id',
]

function essential(key: string): boolean {
  return !shaping.includes(key)
}

/** What the scenario is about and the client cannot be told, with the reason; undefined if there is nothing like that. */
export function missingOf(
  { needs = [] }: Pick<ParsedScenario, 'needs'>,
  settings: Readonly<Record<string, string>>,
  { cannot, refused }: { readonly cannot: ReadonlyMap<string, string>; readonly refused: ReadonlyMap<string, string> },
): readonly [key: string, why: string] | undefined {
  // A value that it cannot have: it was not even opened.
  for (const one of refused) return one
  const needed = needs.find((key) => cannot.has(key) || !Object.hasOwn(settings, key))
  if (needed !== undefined) return [needed, cannot.get(needed) ?? hasNone]
  return [...cannot].find(([key]) => essential(key))
}

const hasNone = 'it has no such setting'

/** Every key of the configuration that the client cannot be told, with the reason. */
export function cannotOf(
  config: SubjectConfig,
  settings: Readonly<Record<string, string>>,
  refused: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const cannot = new Map(refused)
  for (const key of [...Object.keys(config), ...asked])
    if (!Object.hasOwn(settings, key) && !cannot.has(key) && (key in config || !essential(key)))
      cannot.set(key, hasNone)
  return cannot
}

/** Laws and expectations depend on these even where a scenario leaves them at their defaults. */
const asked = ['linger.ms', 'batch.size', 'delivery.timeout.ms', 'max.block.ms']

/** Our names for errors that depend on a setting. */
const errorsBySetting: Readonly<Record<string, string>> = {
  DELIVERY_TIMEOUT: 'delivery.timeout.ms',
  METADATA_TIMEOUT: 'max.block.ms',
  BUFFER_EXHAUSTED: 'max.block.ms',
  RECORD_TOO_LARGE: 'max.request.size',
}

/** Why an expectation cannot be put to this client, or to one of several of them; undefined if it can. */
export function expectationUnbound(
  wanted: Readonly<Record<string, unknown>>,
  { cannot, can }: ForeignProducer,
  of?: History['of'],
): string | undefined {
  const missing = (...keys: readonly string[]): string | undefined => {
    const key = keys.find((one) => cannot.has(one))
    return key === undefined ? undefined : `${key}: ${cannot.get(key)}`
  }
  const [name = '', value] = Object.entries(wanted).find(([key]) => !isQualifier(key)) ?? []
  if ((name === 'batches' || name === 'requests') && of !== undefined && isMixedUp({ of })) return mixedUp
  switch (name) {
    case 'delivered':
      // Fewer than all: something was to run out of time.
      return value === 'all' ? undefined : missing('delivery.timeout.ms')
    case 'duplicates':
    case 'ordered':
      return undefined
    case 'errors': {
      const keys = value === 'none' ? [] : Object.keys(value as object).flatMap((error) => errorsBySetting[error] ?? [])
      return missing(...keys)
    }
    case 'outcomes': {
      const { definite, maybe } = value as { readonly definite?: unknown; readonly maybe?: unknown }
      if (definite === undefined && maybe === undefined) return undefined
      return can.includes('certainty')
        ? missing('delivery.timeout.ms')
        : 'it does not tell whether a failed record may be in the log'
    }
    case 'log':
      return undefined
    case 'latency':
    case 'settles':
      return missing('delivery.timeout.ms')
    case 'blocked':
      return missing('max.block.ms')
    case 'batches':
      return missing('linger.ms', 'batch.size')
    case 'requests':
      return (value as { readonly api?: string }).api === 'Produce'
        ? missing('linger.ms', 'batch.size')
        : 'which other requests a client sends is its own business'
    default:
      return 'it is about the inside of our producer'
  }
}

/** Why a law does not bind a producer that is not ours; undefined if it does, and for our own. */
export function lawUnboundOutside(
  { insideOnly, settings = [], ability, countsRequests }: Law,
  history: History,
): string | undefined {
  const { foreign } = history
  if (foreign === undefined) return undefined
  if (insideOnly !== undefined) return insideOnly
  if (countsRequests === true && isMixedUp(history)) return mixedUp
  const setting = settings.find((key) => foreign.cannot.has(key))
  if (setting !== undefined) return `${setting}: ${foreign.cannot.get(setting)}`
  return ability === undefined || foreign.can.includes(ability) ? undefined : lacks[ability]
}

/** Whether nothing tells requests apart from those of the other producers of the run. */
function isMixedUp({ of, producers = [] }: Pick<History, 'of' | 'producers'>): boolean {
  return (of === undefined ? producers : [of]).some(({ clientId }) => clientId === undefined)
}

const mixedUp = 'client.id: it cannot be told one, so nobody knows which requests are its own'

const lacks = {
  certainty: 'it does not tell whether a failed record may be in the log',
  'close-timeout': 'its close has no timeout',
} as const
