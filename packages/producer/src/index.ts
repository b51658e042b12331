/** The producer on Node. */
export * from './core.ts'
export { Producer, type ProducerOptions } from './producer.ts'
