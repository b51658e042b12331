/** Why targets are missed, or not measured, by hand: a reason is not a measurement. */
export const misses: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'One round, and a machine that others used.',
    text: 'The load average was 20 when this was measured. Such a machine slows a client with one thread more than one with several; CPU seconds are the better half of the table. Five rounds on a quiet machine have not been run yet.',
  },
  {
    title: 'Ahead of every client for JavaScript, behind librdkafka in C.',
    text: 'Where the CPU time of a record goes, and which levers have not been pulled (batches without a copy, natural batching, promises without closures, a smaller working set), is in [docs/performance.md](../docs/performance.md).',
  },
  {
    title: 'Promises.',
    text: 'Two fifths of the time is garbage collection: with 32 MiB of `buffer.memory` some 290,000 promises and their closures live until the answer, long enough to be moved to the old generation.',
  },
  {
    title: 'Loops.',
    text: 'With `linger.ms` 0 every turn sends what is there, up to five requests per broker, as Java does; keeping records back while a request is in flight is not done.',
  },
]
