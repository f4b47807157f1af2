import { propagationSeconds } from '../../cloud/apigateway/timing.ts'
import type { World } from '../../cloud/world.ts'
import type { HttpStageView } from './http.ts'
import type { RestStage } from './rest.ts'

export type ServedStage = RestStage | HttpStageView

/** By `apiId/stageName`. */
type View = Map<string, ServedStage>

/**
 * The hosts of API Gateway. Each follows a change of a stage after a delay of its own, so that for a while some requests are
 * answered by what was and some by what is. Requests go to the hosts in turn.
 */
export class Fleet {
  readonly #world: World
  readonly #hosts: readonly { readonly view: View; readonly delaySeconds: number }[]
  /** What every host has or will have. */
  #announced: View = new Map()
  readonly #cancels = new Set<() => void>()
  #turn = 0

  constructor(world: World) {
    this.#world = world
    this.#hosts = propagationSeconds.map((delaySeconds) => ({ view: new Map(), delaySeconds }))
  }

  follow(): void {
    const current = stagesOf(this.#world)
    const changed = [...current].filter(([key, served]) => isNew(served, this.#announced.get(key)))
    const gone = [...this.#announced.keys()].filter((key) => !current.has(key))
    this.#announced = current
    if (changed.length + gone.length === 0) return
    for (const { view, delaySeconds } of this.#hosts) {
      const cancel = this.#world.clock.after(delaySeconds, () => {
        this.#cancels.delete(cancel)
        for (const [key, served] of changed) view.set(key, served)
        for (const key of gone) view.delete(key)
      })
      this.#cancels.add(cancel)
    }
  }

  /** The stages as the next host sees them. */
  next(): ReadonlyMap<string, ServedStage> {
    this.#turn = (this.#turn + 1) % this.#hosts.length
    return this.#hosts[this.#turn]?.view ?? new Map<string, ServedStage>()
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }
}

/** Records are replaced when they change, so that the same record means that nothing did. */
const isNew = (served: ServedStage, known: ServedStage | undefined) => known?.stage !== served.stage

function stagesOf(world: World): View {
  const view: View = new Map()
  for (const { id: apiId, stages, deployments } of world.apigateway.restApis.values()) {
    for (const stage of stages.values()) {
      const deployment = deployments.get(stage.deploymentId)
      const canary = deployments.get(stage.canarySettings?.deploymentId ?? '')
      if (deployment) view.set(`${apiId}/${stage.stageName}`, { kind: 'rest', apiId, stage, deployment, canary })
    }
  }
  for (const { id: apiId, stages, deployments } of world.apigatewayv2.apis.values()) {
    for (const stage of stages.values()) {
      const deployment = deployments.get(stage.DeploymentId ?? '')
      if (deployment) view.set(`${apiId}/${stage.StageName}`, { kind: 'http', apiId, stage, deployment })
    }
  }
  return view
}
