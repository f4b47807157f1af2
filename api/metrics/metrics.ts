import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Seconds; a rollback is home in tenths, an `up` takes seconds to minutes. */
const quick = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]
const slow = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800]

type Metric = {
  readonly help: string
  readonly labels?: readonly string[]
} & ({ readonly type: 'gauge' | 'counter' } | { readonly type: 'histogram'; readonly buckets: readonly number[] })

/** Every metric that the service has; docs/metrics.md has the same list. */
export const metrics = {
  cutover_ready: { type: 'gauge', help: '1: operations are accepted.' },
  cutover_workload_phase: {
    type: 'gauge',
    help: '1 for the phase that a workload is in.',
    labels: ['migration', 'workload', 'kind', 'phase'],
  },
  cutover_workload_split_percent: {
    type: 'gauge',
    help: 'Share of a colour: wanted by the phase, or observed by this service.',
    labels: ['migration', 'workload', 'colour', 'reading'],
  },
  cutover_workload_gate: {
    type: 'gauge',
    help: 'A leaving gate as this service last read it. 1: open, 0: closed, -1: unknown.',
    labels: ['migration', 'workload', 'gate'],
  },
  cutover_workloads: { type: 'gauge', help: 'Workloads by status.', labels: ['migration', 'status'] },
  cutover_holds: {
    type: 'gauge',
    help: 'Holds by what they are on: workload, migration or everything.',
    labels: ['scope', 'migration'],
  },
  cutover_frozen: { type: 'gauge', help: '1: everything is frozen.' },
  cutover_operations_active: {
    type: 'gauge',
    help: 'Operations that are queued or running, on any service.',
    labels: ['action', 'state'],
  },
  cutover_operations_total: {
    type: 'counter',
    help: 'Operations that ended on this service, by their final state.',
    labels: ['action', 'state'],
  },
  cutover_advance_seconds: {
    type: 'histogram',
    help: 'Advances that succeeded, from the request to the end.',
    buckets: slow,
  },
  cutover_rollback_home_seconds: {
    type: 'histogram',
    help: 'From a rollback asked for to the switch point read back as home.',
    buckets: quick,
  },
  cutover_reconcile_seconds: {
    type: 'histogram',
    help: 'From home to the end of a rollback.',
    buckets: slow,
  },
  cutover_working_seconds_total: {
    type: 'counter',
    help: 'Time in which operations were under way, queueing included.',
    labels: ['action'],
  },
  cutover_waiting_seconds_total: {
    type: 'counter',
    help: 'Time between operations, told at each advance: for time (bake, soak) or for people.',
    labels: ['for'],
  },
  cutover_guards_fired_total: { type: 'counter', help: 'Guards that fired.', labels: ['guard'] },
  cutover_lease_takeovers_total: { type: 'counter', help: 'Operations of a dead service that this one took over.' },
  cutover_aws_calls_total: {
    type: 'counter',
    help: "Attempts at calls to AWS by the service itself, not by Pulumi's plugins. `outcome`: ok, throttled or error.",
    labels: ['service', 'operation', 'outcome'],
  },
  cutover_aws_call_seconds: {
    type: 'histogram',
    help: 'How long an attempt took.',
    labels: ['service'],
    buckets: quick,
  },
  cutover_process_memory_bytes: {
    type: 'gauge',
    help: 'Resident memory of the service and of its engine workers.',
    labels: ['process', 'pid'],
  },
} as const satisfies Readonly<Record<`cutover_${string}`, Metric>>

type Name = keyof typeof metrics
type Of<Type extends Metric['type']> = { [N in Name]: (typeof metrics)[N]['type'] extends Type ? N : never }[Name]
type Labels = Readonly<Record<string, string | number>>

/** The metrics of one service, each by its name in the table. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #gauges = new Map<string, Gauge>()
  readonly #counters = new Map<string, Counter>()
  readonly #histograms = new Map<string, Histogram>()

  constructor() {
    for (const [name, metric] of Object.entries<Metric>(metrics)) {
      const { help, labels = [] } = metric
      const common = { name, help, labelNames: [...labels], registers: [this.#registry] }
      if ('buckets' in metric) this.#histograms.set(name, new Histogram({ ...common, buckets: [...metric.buckets] }))
      else if (metric.type === 'gauge') this.#gauges.set(name, new Gauge(common))
      else this.#counters.set(name, new Counter(common))
    }
  }

  /** All values of a gauge anew: what is gone is gone. */
  set(name: Of<'gauge'>, values: readonly (readonly [Labels, number])[]): void {
    const gauge = this.#gauges.get(name)
    gauge?.reset()
    for (const [labels, value] of values) gauge?.set({ ...labels }, value)
  }

  add(name: Of<'counter'>, labels: Labels = {}, value = 1): void {
    this.#counters.get(name)?.inc({ ...labels }, value)
  }

  observe(name: Of<'histogram'>, seconds: number, labels: Labels = {}): void {
    this.#histograms.get(name)?.observe({ ...labels }, seconds)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
