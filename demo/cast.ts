import { setTimeout as sleep } from 'node:timers/promises'
import { clearTrouble, makeTrouble } from './control.ts'
import type { Journey } from './journey.ts'
import type { Stage } from './stage.ts'

/** How one workload is moved: forward to `retired`, with what comes in between. */
type Part = (journey: Journey, ready: Stage['ready']) => Promise<void>

/** The eight of scenario `omnious`, in the order in which they are begun; four are under way at a time. */
export const cast: Readonly<Record<string, Part>> = {
  search: failingCanary,
  trend: calledBackInTheMiddle,
  tagger: plainWay,
  api: plainWay,
  home: secondThoughts,
  lens: plainWay,
  stream: plainWay,
  console: plainWay,
}

/** So many workloads are moved at the same time. */
export const atATime = 4

async function plainWay(journey: Journey): Promise<void> {
  await journey.advanceTo('soaking')
  await finish(journey)
}

async function finish(journey: Journey): Promise<void> {
  await journey.confirm('green has served everything')
  await journey.advanceTo('retired')
}

/** Green's pods fail their health checks and go on answering, so no user is hurt; a guard brings the traffic home. */
async function failingCanary(journey: Journey, ready: Stage['ready']): Promise<void> {
  await journey.advanceTo('shifting 50')
  journey.say("green's pods begin to fail their health checks; they still answer, so nobody is hurt", 'red')
  const fellIll = Date.now()
  await makeTrouble(ready, '/pods', { workload: journey.name, cluster: 'green', state: 'unhealthy' })
  await journey.broughtHome()
  journey.say(`from the first failing check to all reconciled: ${((Date.now() - fellIll) / 1000).toFixed(1)} s`)
  await clearTrouble(ready, `/pods?workload=${journey.name}`)
  journey.say('green is well again; the hold that the guard left is removed, and it is tried again')
  await journey.removeHolds()
  await plainWay(journey)
}

async function secondThoughts(journey: Journey): Promise<void> {
  await journey.advanceTo('soaking')
  journey.say('a person has second thoughts at 100 %')
  await journey.rollBack('second thoughts at 100 %')
  await journey.removeHolds()
  await plainWay(journey)
}

/** A switch that is all or nothing, called back while its `up` is at work. */
async function calledBackInTheMiddle(journey: Journey): Promise<void> {
  await journey.advanceTo('prepared')
  await journey.begin()
  await sleep(engineAtWorkMs)
  journey.say('a person calls it back in the middle of the up')
  await journey.rollBack('called back in the middle of the up')
  await journey.removeHolds()
  await plainWay(journey)
}

/** An advance has asked its gates and previewed by then, and its `up` is at work. */
const engineAtWorkMs = 1_200
