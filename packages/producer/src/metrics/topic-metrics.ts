import { average, meter, type Reading } from './metric.ts'
import { type SampleWindows, Sensor } from './sensor.ts'

/** The group `producer-topic-metrics` of one topic, from the first drained batch on. */
export class TopicMetrics {
  readonly recordSend: Sensor
  readonly bytes: Sensor
  readonly compressionRate: Sensor
  readonly recordRetry: Sensor
  readonly recordError: Sensor
  readonly readings: readonly Reading[]

  constructor(windows: SampleWindows) {
    this.recordSend = new Sensor(windows)
    this.bytes = new Sensor(windows)
    this.compressionRate = new Sensor(windows)
    this.recordRetry = new Sensor(windows)
    this.recordError = new Sensor(windows)
    this.readings = [
      ...meter('record-send', this.recordSend),
      ...meter('byte', this.bytes),
      average('compression-rate', this.compressionRate),
      ...meter('record-retry', this.recordRetry),
      ...meter('record-error', this.recordError),
    ]
  }
}
