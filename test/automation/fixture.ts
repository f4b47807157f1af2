import fc from 'fast-check'
import type { GateResult } from '../../automation/gates/gate.ts'
import type { WorkloadEntry } from '../../automation/inventory.ts'
import type { Hold, Operation, PhaseName, State, Workload } from '../../automation/migration.ts'
import { found } from '../infra/workloads/alb/fixture.ts'

export { found }

const elb = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012'

export const entry: WorkloadEntry = {
  kind: 'alb',
  rule: `${elb}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`,
  blueTargetGroup: `${elb}:targetgroup/search/73e2d6bc24d8a067`,
  service: { namespace: 'shop', name: 'search', port: 80 },
  probe: { url: 'http://search.example.com/healthz' },
  steps: [10, 50, 100],
  bake: '5m',
  soak: '24h',
} as WorkloadEntry

export const confirmation = { by: 'operator', reason: 'looked at it', at: 0 }

/** One state of each phase. */
export const states: { readonly [P in PhaseName]: Extract<State, { phase: P }> } = {
  registered: { phase: 'registered' },
  adopted: { phase: 'adopted' },
  prepared: { phase: 'prepared', confirmation: null },
  shifting: { phase: 'shifting', step: 10, since: 0, blueAtHome: 4, confirmation: null },
  soaking: { phase: 'soaking', since: 0, blueAtHome: 4, confirmation },
  retired: { phase: 'retired', since: 0 },
  released: { phase: 'released' },
  abandoned: { phase: 'abandoned' },
}

export const phaseNames = Object.keys(states) as PhaseName[]

export const workloadIn = (state: State, change: Partial<Workload> = {}): Workload => ({
  migration: 'prod-2026',
  name: 'search',
  kind: 'alb',
  entry,
  state,
  revision: 7,
  found: state.phase === 'registered' ? null : found,
  stage: null,
  outputs: null,
  onRecord: null,
  unsettled: false,
  ...change,
})

/** Green's shares as an inventory may list them. */
export const anySteps = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 5 })
  .map((steps) => [...steps.sort((a, b) => a - b), 100])

export const anyState: fc.Arbitrary<State> = fc.oneof(
  fc.constantFrom<State>(...Object.values(states), { phase: 'prepared', confirmation }),
  fc.record({
    phase: fc.constant('shifting' as const),
    step: fc.integer({ min: 1, max: 99 }),
    since: fc.nat(),
    blueAtHome: fc.integer({ min: 1, max: 500 }),
    confirmation: fc.option(fc.constant(confirmation)),
  }),
)

export const anyWorkload: fc.Arbitrary<Workload> = fc
  .record({ state: anyState, steps: anySteps, unsettled: fc.boolean() })
  .map(({ state, steps, unsettled }) => workloadIn(state, { entry: { ...entry, steps }, unsettled }))

export const hold: Hold = {
  id: 'hold-1',
  migration: 'prod-2026',
  workload: 'search',
  name: 'freeze',
  reason: 'Black Friday',
  by: 'operator',
  since: 0,
  until: null,
  then: null,
}

export const gate = (name: string, state: GateResult['state']): GateResult => ({
  name,
  state,
  sentence: `${name} is ${state}`,
  numbers: {},
})

export const operationOf = (change: Partial<Operation> = {}): Operation => ({
  id: 'op-1',
  migration: 'prod-2026',
  workload: 'search',
  action: 'advance',
  state: 'succeeded',
  from: 'adopted',
  to: 'prepared',
  reason: null,
  requestedBy: 'operator',
  requestedAt: 0,
  startedAt: null,
  finishedAt: null,
  homeMs: null,
  unanswered: null,
  settledMs: null,
  lingers: null,
  result: null,
  error: null,
  ...change,
})
