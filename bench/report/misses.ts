/** Why targets are missed, or not measured, by hand: a reason is not a measurement. */
export const misses: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'Promises, 1 KiB.',
    text: 'Five times the best client would be 1.5 million records a second, 1.5 GB. A bare Node socket that writes pieces of 16 KiB, five unanswered at a time, hands over 1.32 million (1.27 to 1.46, `pnpm bench:socket`), and has made no record: the target is beyond what such a socket takes.',
  },
  {
    title: 'Loops.',
    text: 'Within what the rounds scatter by: earlier runs gave 9.9, 5.3 and 5.9.',
  },
  {
    title: 'Latency.',
    text: "The best p50 is that of a binding of librdkafka whose p99 is 2.3 ms; next to `@platformatic/kafka` the ratio is 0.94, and the best p99 is that of Confluent's promises, whose p50 is 88 us. More than half of what one record takes is the kernel, and 15 % is compiled JavaScript ([docs/performance.md](../docs/performance.md)); librdkafka in C takes 75 us.",
  },
  {
    title: 'zstd.',
    text: 'Under Node 24, as this version of Node has no compressor for it; the bindings are built for the other one, so the best client is one of two.',
  },
]
