import { type ClientResults, clientsSection } from './clients/clients-section.ts'
import { type DriverResults, driversSection } from './drivers/drivers-section.ts'
import { type LifeCycleResults, lifeCycleSection } from './life-cycle/life-cycle-section.ts'
import { type ScenarioResults, scenarioSection } from './scenarios/scenario-section.ts'
import { type TenMillionResults, tenMillionSection } from './ten-million/ten-million-section.ts'

/** By part; undefined for one that was never refreshed. */
export interface InteropResults {
  readonly scenarios: ScenarioResults | undefined
  readonly 'ten-million': TenMillionResults | undefined
  readonly 'life-cycle': LifeCycleResults | undefined
  readonly clients: ClientResults | undefined
  readonly drivers: DriverResults | undefined
}

/** docs/interop.md. */
export function interopPage(results: InteropResults): string {
  const { scenarios, clients, drivers } = results
  const sections = [
    clients && clientsSection(clients),
    scenarios && scenarioSection(scenarios),
    results['life-cycle'] && lifeCycleSection(results['life-cycle']),
    results['ten-million'] && tenMillionSection(results['ten-million']),
    drivers && driversSection(drivers),
  ]
  return `# Interop: other people's clients on the mock, our producer on real brokers

Generated from \`interop/results/\`, which the parts of \`pnpm interop\` write with \`--refresh\`; the command stands with each
table. How the mock's answers compare with a real broker's is in [fidelity.md](fidelity.md); what real brokers and these
clients say to each other is kept in \`packages/protocol/golden/\`.

${sections.filter((section) => section !== undefined).join('\n')}`
}
