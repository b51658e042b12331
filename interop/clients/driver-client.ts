import { driverInput, driverOutput } from './driver-lines.ts'
import type {
  Acks,
  CodecName,
  ConsumeJob,
  ForeignClient,
  PlainRecord,
  ProduceJob,
  ReadRecord,
} from './foreign-client.ts'

/** A client behind a program of ours in `drivers/`, which is called alike in every language: see driver-lines.ts. */
export abstract class DriverClient implements ForeignClient {
  abstract readonly id: string
  abstract readonly name: string
  abstract readonly language: string
  abstract readonly codecs: readonly CodecName[]
  readonly acks: readonly Acks[] = ['0', '1', 'all']
  readonly canBeIdempotent: boolean = true
  readonly readsInGroups: boolean = false

  abstract prepare(): Promise<string>

  /** Runs the driver with these arguments to its end. Returns what it printed; throws when it failed. */
  protected abstract drive(args: readonly string[], stdin?: string): Promise<string>

  async produce(job: ProduceJob, records: readonly PlainRecord[]): Promise<void> {
    const args = [job.bootstrapServers, job.topic, job.acks, job.codec, String(job.idempotent)]
    await this.drive(['produce', ...args], driverInput(records))
  }

  async consume(job: ConsumeJob, count: number): Promise<readonly ReadRecord[]> {
    const { bootstrapServers, topic, group } = job
    const args = [bootstrapServers, topic, String(count), ...(group === undefined ? [] : [group])]
    return driverOutput(await this.drive(['consume', ...args]))
  }
}
