import { distribution, meter, type Reading } from './metric.ts'
import { type SampleWindows, Sensor } from './sensor.ts'

/** The group `producer-node-metrics` of one broker; and, for all of them, a part of `producer-metrics`. */
export class NodeMetrics {
  readonly requestBytes: Sensor
  readonly request: Sensor
  readonly responseBytes: Sensor
  readonly response: Sensor
  /** Of Produce only. */
  readonly latency: Sensor
  readonly readings: readonly Reading[]

  constructor(windows: SampleWindows) {
    this.requestBytes = new Sensor(windows)
    this.request = new Sensor(windows)
    this.responseBytes = new Sensor(windows)
    this.response = new Sensor(windows)
    this.latency = new Sensor(windows)
    this.readings = [
      ...meter('request', this.request),
      ...distribution('request-size', this.requestBytes),
      ...meter('outgoing-byte', this.requestBytes),
      ...meter('response', this.response),
      ...meter('incoming-byte', this.responseBytes),
      ...distribution('request-latency', this.latency),
    ]
  }
}
