import type { BlueTraffic, Health } from '../infra/workloads/kind.ts'
import { kindOf } from '../infra/workloads/kinds.ts'
import type { Split } from '../infra/traffic.ts'
import type { Clock } from './clock.ts'
import { known, unknown, type Facts, type Known, type Need, type TestRouteReading } from './gates/gate.ts'
import type { Migration, MigrationHead, Workload } from './migration.ts'
import { firstStep, nextStep } from './phases/steps.ts'
import { wantedSplits } from './phases/wanted.ts'
import type { Ask } from './probe.ts'
import { changeTime, windowsOf } from './windows.ts'
import { siteOf, type Connections } from './surroundings.ts'

const testRouteQuestions = 3

/** Blue is idle when nothing came in this time; AWS shows a minute some two or three minutes after it. */
const idleMinutes = 6

export interface Reader {
  /** Reads what is needed, everything at once; what cannot be read is unknown and says why. */
  facts(workload: Workload, migration: Migration, needs: ReadonlySet<Need>): Promise<Facts>
}

export interface ReaderDependencies {
  readonly clock: Clock
  readonly connections: Connections
  readonly ask: Ask
  /** The secret value that opens a workload's test route. */
  readonly testRouteSecret: (workload: Workload) => string
}

export function createReader({ clock, connections, ask, testRouteSecret }: ReaderDependencies): Reader {
  async function facts(workload: Workload, migration: Migration, needs: ReadonlySet<Need>): Promise<Facts> {
    const read = <T>(need: Need, question: () => Promise<T>): Promise<Known<T>> =>
      needs.has(need) && workload.found ? settle(question) : Promise.resolve(notRead)
    const at = () => placeOf(workload, migration, connections)
    const [split, health, greenEndpoints, testRoute, strangers, obstacles, blueTraffic] = await Promise.all([
      read<Split | null>('split', () => at().kind.observe.split(at().site, workload.outputs, at().aws)),
      read<Health>('health', () => at().kind.observe.health(at().site, workload.outputs, at().aws)),
      read('greenEndpoints', () => greenEndpointsOf(workload, migration)),
      read('testRoute', () => askTestRoute(workload, migration)),
      read('strangers', () => strangersOf(workload, migration)),
      read('obstacles', () => at().kind.observe.obstacles(at().site, workload.outputs, at())),
      read<BlueTraffic>('blueTraffic', () => at().kind.observe.blueTraffic(at().site, idleWindow(), at().aws)),
    ])
    const readings = { split, health, greenEndpoints, testRoute, strangers, obstacles, blueTraffic }
    return { ...ownFacts(workload, migration, clock), ...readings }
  }

  /** The last minutes of AWS's time, as its clock and ours run. */
  function idleWindow() {
    const to = new Date()
    return { from: new Date(to.getTime() - clock.wallMs(idleMinutes * 60)), to }
  }

  function greenEndpointsOf({ kind, entry }: Workload, migration: Migration): Promise<number> {
    const service = kindOf(kind).service(entry)
    return connections.green(migration).readyEndpoints(service.namespace, service.name)
  }

  async function askTestRoute(workload: Workload, migration: Migration): Promise<TestRouteReading> {
    const { kind, site, aws } = placeOf(workload, migration, connections)
    const route = kind.testRoute(site, testRouteSecret(workload))
    const { probe } = workload.entry
    const nothing = { leadsToGreenAlone: false, answers: 0, asExpected: 0, lastFault: null }
    if (probe === 'none') return { ...nothing, none: 'the service cannot reach the front door (probe: none)' }
    if (workload.stage && !workload.stage.testRoute) {
      return { ...nothing, none: 'the test route was taken away for the last step, which broke off' }
    }
    if ('none' in route) return { ...nothing, none: `there is no test route, because ${route.none}` }
    if (workload.unsettled && workload.outputs?.testRoute === null) {
      return { ...nothing, none: 'the way home broke off before the test route was there again' }
    }
    const leads = workload.outputs ? await kind.observe.testRoute(site, workload.outputs, aws) : false
    if (!leads) return nothing
    const answers = await Promise.all(Array.from({ length: testRouteQuestions }, () => ask(probe, route)))
    const bad = answers.filter(({ asExpected, colour }) => !asExpected || colour === 'blue')
    const fault = bad.at(-1)
    return {
      leadsToGreenAlone: true,
      answers: answers.length,
      asExpected: answers.length - bad.length,
      lastFault: fault ? (fault.fault ?? 'the answer came from blue') : null,
    }
  }

  async function strangersOf(workload: Workload, migration: Migration): Promise<readonly string[]> {
    const guarded = workload.found?.blueGroups ?? []
    const bindings = await connections.green(migration).bindings()
    return bindings
      .filter((b) =>
        guarded.some(({ arn, multiCluster }) => b.targetGroupArn === arn && !(multiCluster && b.multiCluster)),
      )
      .map(({ namespace, name }) => `${namespace}/${name}`)
  }

  return { facts }
}

const placeOf = (workload: Workload, migration: Migration, connections: Connections) => ({
  kind: kindOf(workload.kind),
  site: siteOf(workload, migration),
  aws: connections.aws(migration.inventory.aws.region),
  green: connections.green(migration),
})

const notRead = unknown('it has not been read yet')

/** What is known before anything was read. */
export const unread: Pick<Facts, Need> = {
  split: notRead,
  health: notRead,
  greenEndpoints: notRead,
  testRoute: notRead,
  strangers: notRead,
  obstacles: notRead,
  blueTraffic: notRead,
}

/** What was read of the world, without what is known anyway. */
export const readingsOf = (facts: Facts): Pick<Facts, Need> =>
  Object.fromEntries(Object.keys(unread).map((need) => [need, facts[need as Need]])) as unknown as Pick<Facts, Need>

/** The facts that need no look at the world. */
export function ownFacts(workload: Workload, migration: MigrationHead, clock: Clock) {
  const { state } = workload
  const linger = workload.found
    ? kindOf(workload.kind).lingers(siteOf(workload, migration), { blue: 0, green: 100 })
    : null
  return {
    workload,
    state,
    nextShare: nextShareOf(workload),
    grain: kindOf(workload.kind).grain(workload.entry),
    wanted: wantedSplits(workload),
    secondsInState: 'since' in state ? clock.secondsSince(state.since) : null,
    confirmation: 'confirmation' in state ? state.confirmation : null,
    crossZone: workload.found?.crossZone ?? true,
    changeTime: changeTime(windowsOf(workload.entry, migration.inventory), clock.now()),
    lingerSeconds: linger?.seconds ?? 0,
  }
}

function nextShareOf(workload: Workload): number {
  const { state } = workload
  if (state.phase === 'shifting') return nextStep(workload, state.step)
  return state.phase === 'prepared' ? firstStep(workload) : 100
}

/** Has all of this been looked at? A look that failed is one as well. */
export const wasRead = (facts: Pick<Facts, Need>, needs: ReadonlySet<Need>): boolean =>
  [...needs].every((need) => facts[need] !== notRead)

async function settle<T>(question: () => Promise<T>): Promise<Known<T>> {
  try {
    return known(await question())
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error))
  }
}
