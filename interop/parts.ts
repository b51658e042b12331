import { clientsPart } from './clients/clients-part.ts'
import { conformancePart } from './conformance/conformance-part.ts'
import { driversPart } from './drivers/drivers-part.ts'
import { framesPart } from './frames/frames-part.ts'
import { kafkaPart } from './kafka/kafka-part.ts'
import { languagesPart } from './languages/languages-part.ts'
import { lifeCyclePart } from './life-cycle/life-cycle-part.ts'
import type { Part } from './part.ts'
import { producerPart } from './producer/producer-part.ts'
import { scenariosPart } from './scenarios/scenarios-part.ts'
import { schemasPart } from './schemas/schemas-part.ts'
import { tenMillionPart } from './ten-million/ten-million-part.ts'
import { wiresharkPart } from './wireshark/wireshark-part.ts'

/** Every part, in the order in which they run. */
export const parts: readonly Part[] = [
  kafkaPart,
  schemasPart,
  framesPart,
  conformancePart,
  clientsPart,
  languagesPart,
  driversPart,
  producerPart,
  lifeCyclePart,
  scenariosPart,
  tenMillionPart,
  wiresharkPart,
]
