import { paint, table } from './account.ts'
import type { Report } from './report.ts'

/** What the story says of itself (omnicommerce.ai, "Upgrading Kubernetes cluster: at migration strategies for four service types"). */
const story = {
  preparation: 'two months',
  production: 'about a week',
  perWorkload: 'one to two hours of a developer',
} as const

/** The account's end: a table of the workloads, the durations beside the story's own, and the verdict. */
export function conclude(report: Report, timeScale: number): string {
  const { workloads, cluster, trap, total } = report
  const rows = workloads.map(({ name, kind, phase, rollbacks, traffic, seconds }) => [
    name,
    kind,
    phase,
    String(traffic.requests),
    String(traffic.failed),
    String(traffic.byColour.blue),
    String(traffic.byColour.green),
    `${traffic.p50Ms.toFixed(1)} / ${traffic.p99Ms.toFixed(1)}`,
    `${seconds.toFixed(0)} s`,
    rollbacks.map(({ homeMs }) => `${homeMs} ms`).join(', ') || '–',
  ])
  const head = [
    'workload',
    'kind',
    'phase',
    'requests',
    'failed',
    'by blue',
    'by green',
    'p50 / p99 ms',
    'took',
    'home',
  ]
  const slowest = Math.max(...workloads.map(({ seconds }) => seconds))
  const played = (seconds: number): string =>
    `${Math.round(seconds)} s, as AWS would count ${describeMinutes((seconds * timeScale) / 60)}`
  const durations = [
    ['', 'the story of 2022', 'here'],
    ['preparation', story.preparation, 'one inventory'],
    ['the cluster', 'part of that', cluster ? played(cluster.upSeconds) : 'was there'],
    ['each service', story.perWorkload, `at most ${played(slowest)}; no developer`],
    [`all of them`, story.production, played(total.seconds)],
  ]
  const inTrap = trap ? `; in the trap ${trap.failed} of ${trap.requests}` : ''
  const verdict = `${total.requests} requests in ${total.seconds} s, ${total.failed} failed${inTrap}`
  return [
    '',
    table([head, ...rows]),
    '',
    table(durations),
    '',
    paint(verdict, 'bold', total.failed === 0 ? 'green' : 'red'),
    '',
  ].join('\n')
}

const describeMinutes = (minutes: number): string =>
  minutes < 120 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`
