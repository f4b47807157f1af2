import { record, type Values } from '../cloud/cloudwatch/state.ts'
import { usedGroups } from '../cloud/elbv2/references.ts'
import type { LoadBalancer, TargetGroup } from '../cloud/elbv2/state.ts'
import type { World } from '../cloud/world.ts'
import { noTraffic, type TargetGroupCounters } from './counters.ts'
import type { Network } from './network.ts'

const minuteSeconds = 60

/** What one target group did within a minute. */
interface Minute {
  readonly group: TargetGroup
  readonly loadBalancer: LoadBalancer
  readonly traffic: TargetGroupCounters
  readonly activeFlows: number
}

/**
 * Reads the data plane's counters at the end of every minute and hands CloudWatch what came to them, as load balancers do.
 * It goes on until the clock stops. A minute that a busy process closes late gets what came in the meantime.
 */
export function startMeter(world: World, network: Network): void {
  const before = new Map<string, { counters: TargetGroupCounters; loadBalancer: LoadBalancer }>()
  const minuteMs = world.clock.ms(minuteSeconds)

  const measure = (minute: number) => {
    const used = usedGroups(world.elbv2)
    const measured: Minute[] = []
    for (const group of world.elbv2.targetGroups.values()) {
      const last = before.get(group.arn)
      // Requests to a group that has just left its load balancer still came through it.
      const loadBalancer = used.get(group.arn) ?? last?.loadBalancer
      if (!loadBalancer) continue
      const counters = structuredClone(network.counters(group.arn))
      before.set(group.arn, { counters, loadBalancer })
      const traffic = difference(counters, last?.counters ?? noTraffic())
      measured.push({ group, loadBalancer, traffic, activeFlows: network.activeFlows(group.arn) })
    }
    publish(world, minute, measured)
  }
  const next = (minute: number) => {
    const seconds = (((minute + 1) * minuteMs - Date.now()) * world.clock.scale) / 1000
    world.clock.after(Math.max(0, seconds), () => {
      // A timer may fire a moment early, and this minute is over all the same.
      measure(minute)
      next(Math.max(minute + 1, Math.floor(Date.now() / minuteMs)))
    })
  }
  next(Math.floor(Date.now() / minuteMs))
}

function difference(now: TargetGroupCounters, before: TargetGroupCounters): TargetGroupCounters {
  const answers = (status: keyof TargetGroupCounters['answers']) => now.answers[status] - before.answers[status]
  return {
    requests: now.requests - before.requests,
    answers: { '2xx': answers('2xx'), '3xx': answers('3xx'), '4xx': answers('4xx'), '5xx': answers('5xx') },
    connectionErrors: now.connectionErrors - before.connectionErrors,
  }
}

/** `targetgroup/name/id` and `app/name/id`: the ends of ARNs are the values of the dimensions. */
const groupDimension = ({ arn }: TargetGroup) => ({ TargetGroup: arn.split(':').at(-1) ?? '' })
const loadBalancerDimension = ({ arn }: LoadBalancer) => ({ LoadBalancer: arn.split(':loadbalancer/').at(-1) ?? '' })

/** Every event is a sample of 1, as Elastic Load Balancing counts. */
const counted = (count: number): Values => ({ sum: count, samples: count, least: 1, most: 1 })
const gauge = (value: number): Values => ({ sum: value, samples: 1, least: value, most: value })

function publish(world: World, minute: number, measured: readonly Minute[]): void {
  for (const one of measured) publishHosts(world, minute, one)
  for (const [loadBalancer, members] of Map.groupBy(measured, (one) => one.loadBalancer)) {
    if (loadBalancer.type === 'network') publishFlows(world, minute, loadBalancer, members)
    else publishRequests(world, minute, loadBalancer, members)
  }
}

/** As long as targets are registered, with or without traffic. */
function publishHosts(world: World, minute: number, { group, loadBalancer }: Minute): void {
  const states = [...group.targets.values()].map(({ health }) => health.state)
  if (states.length === 0) return
  const namespace = namespaces[loadBalancer.type]
  const dimensions = { ...groupDimension(group), ...loadBalancerDimension(loadBalancer) }
  const count = (wanted: string) => gauge(states.filter((state) => state === wanted).length)
  record(world, { namespace, name: 'HealthyHostCount', dimensions }, 'Count', minute, count('healthy'))
  record(world, { namespace, name: 'UnHealthyHostCount', dimensions }, 'Count', minute, count('unhealthy'))
}

const namespaces = { application: 'AWS/ApplicationELB', network: 'AWS/NetworkELB' } as const

const counts: Readonly<Record<string, (traffic: TargetGroupCounters) => number>> = {
  RequestCount: ({ requests }) => requests,
  HTTPCode_Target_2XX_Count: ({ answers }) => answers['2xx'],
  HTTPCode_Target_3XX_Count: ({ answers }) => answers['3xx'],
  HTTPCode_Target_4XX_Count: ({ answers }) => answers['4xx'],
  HTTPCode_Target_5XX_Count: ({ answers }) => answers['5xx'],
  TargetConnectionErrorCount: ({ connectionErrors }) => connectionErrors,
}

/** Of each target group and of the load balancer, and only what is not zero. */
function publishRequests(world: World, minute: number, loadBalancer: LoadBalancer, members: readonly Minute[]): void {
  const namespace = namespaces.application
  const whole = loadBalancerDimension(loadBalancer)
  for (const [name, countOf] of Object.entries(counts)) {
    const put = (dimensions: Record<string, string>, count: number) => {
      if (count > 0) record(world, { namespace, name, dimensions }, 'Count', minute, counted(count))
    }
    for (const { group, traffic } of members) put({ ...groupDimension(group), ...whole }, countOf(traffic))
    put(
      whole,
      members.reduce((sum, { traffic }) => sum + countOf(traffic), 0),
    )
  }
  for (const { group, traffic } of members) {
    const targets = [...group.targets.values()].filter(({ health }) => health.state === 'healthy').length
    if (traffic.requests === 0 || targets === 0) continue
    for (const dimensions of [groupDimension(group), { ...groupDimension(group), ...whole }]) {
      const metric = { namespace, name: 'RequestCountPerTarget', dimensions }
      record(world, metric, 'None', minute, gauge(traffic.requests / targets))
    }
  }
}

/** Of the load balancer as a whole: AWS documents no dimension of target groups for flows. */
function publishFlows(world: World, minute: number, loadBalancer: LoadBalancer, members: readonly Minute[]): void {
  const namespace = namespaces.network
  const dimensions = loadBalancerDimension(loadBalancer)
  const fresh = members.reduce((sum, { traffic }) => sum + traffic.requests, 0)
  const active = members.reduce((sum, { activeFlows }) => sum + activeFlows, 0)
  if (fresh === 0 && active === 0) return
  record(world, { namespace, name: 'NewFlowCount', dimensions }, 'Count', minute, gauge(fresh))
  record(world, { namespace, name: 'ActiveFlowCount', dimensions }, 'Count', minute, gauge(active))
}
