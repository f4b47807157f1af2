import { rulesOf, usedGroups } from '../cloud/elbv2/references.ts'
import type { Listener, LoadBalancer, Target, TargetGroup } from '../cloud/elbv2/state.ts'
import { inZoneOf } from '../cloud/elbv2/target-health.ts'
import type { World } from '../cloud/world.ts'
import type { AddressBook, Socket } from './addresses.ts'
import { ApiGateway } from './api-gateway/api-gateway.ts'
import { noTraffic, type TargetGroupCounters } from './counters.ts'
import { FlowDoor } from './flow-door.ts'
import { FlowPool } from './flow-pool.ts'
import { FrontDoor, idleSeconds } from './front-door.ts'
import { RuleCompiler } from './routing.ts'
import { TargetMonitor } from './target-monitor.ts'
import { TargetPool } from './target-pool.ts'

/**
 * The data plane: it follows the model and keeps a server for every listener of an active load balancer (HTTP for an application
 * load balancer's, TCP for a network load balancer's), a pool of connections or flows for every target group, and health
 * checks for every target that a load balancer uses.
 */
export class Network {
  readonly #world: World
  readonly #addresses: AddressBook
  readonly #compiler = new RuleCompiler()
  readonly #doors = new Map<string, FrontDoor | FlowDoor>()
  readonly #pools = new Map<string, TargetPool>()
  readonly #flowPools = new Map<string, FlowPool>()
  readonly #monitors = new Map<Target, TargetMonitor>()
  /** undefined until there is an API. */
  #apiGateway: ApiGateway | undefined
  /** Servers that are on their way up or down. */
  readonly #moving = new Set<Promise<void>>()

  constructor(world: World, addresses: AddressBook) {
    this.#world = world
    this.#addresses = addresses
  }

  start(): void {
    this.#world.events.on('changed', this.#follow)
    this.#follow()
  }

  async stop(): Promise<void> {
    this.#world.events.off('changed', this.#follow)
    for (const monitor of this.#monitors.values()) monitor.stop()
    if (this.#apiGateway) this.#move(this.#apiGateway.close())
    this.#apiGateway = undefined
    for (const door of this.#doors.values()) this.#move(door.close())
    for (const pool of [...this.#pools.values(), ...this.#flowPools.values()]) pool.close()
    this.#monitors.clear()
    this.#doors.clear()
    await this.settled()
  }

  /** Resolves when the servers are where the last change wants them. */
  async settled(): Promise<void> {
    while (this.#moving.size > 0) await Promise.all(this.#moving)
  }

  /** Where a listener is reached on this machine; undefined while its load balancer is not active, and for UDP. */
  frontDoor(loadBalancerArn: string, listenerPort: number): Socket | undefined {
    for (const { listener, socket } of this.#doors.values()) {
      if (listener.loadBalancerArn === loadBalancerArn && listener.port === listenerPort) return socket
    }
    return undefined
  }

  /** Where every API is called on this machine, by its own Host header; undefined until there is one. */
  executeApi(): Socket | undefined {
    return this.#apiGateway?.socket
  }

  counters(targetGroupArn: string): Readonly<TargetGroupCounters> {
    return (this.#pools.get(targetGroupArn) ?? this.#flowPools.get(targetGroupArn))?.counters ?? noTraffic()
  }

  /** Connections through a network load balancer that stand now. */
  activeFlows(targetGroupArn: string): number {
    return this.#flowPools.get(targetGroupArn)?.activeFlows ?? 0
  }

  readonly #follow = (): void => {
    const used = usedGroups(this.#world.elbv2)
    this.#followTargets(used)
    this.#followGroups(used)
    this.#followListeners()
    this.#followApis()
  }

  #followTargets(used: Map<string, LoadBalancer>): void {
    const watched = new Map<Target, { group: TargetGroup; loadBalancer: LoadBalancer }>()
    for (const group of this.#world.elbv2.targetGroups.values()) {
      const loadBalancer = used.get(group.arn)
      if (loadBalancer?.state !== 'active' || !group.healthCheck.enabled) continue
      for (const target of group.targets.values()) {
        if (target.health.state !== 'draining' && inZoneOf(loadBalancer, target)) {
          watched.set(target, { group, loadBalancer })
        }
      }
    }
    for (const [target, monitor] of this.#monitors) {
      if (watched.has(target)) continue
      monitor.stop()
      this.#monitors.delete(target)
    }
    for (const [target, { group, loadBalancer }] of watched) {
      if (!this.#monitors.has(target)) this.#monitors.set(target, this.#watch(group, target, loadBalancer))
    }
  }

  #watch(group: TargetGroup, target: Target, loadBalancer: LoadBalancer): TargetMonitor {
    return new TargetMonitor({
      clock: this.#world.clock,
      addresses: this.#addresses,
      group,
      target,
      type: loadBalancer.type,
      onChange: () => this.#refresh(group, loadBalancer),
    })
  }

  #followGroups(used: Map<string, LoadBalancer>): void {
    const groups = this.#world.elbv2.targetGroups
    for (const [arn, pool] of [...this.#pools, ...this.#flowPools]) {
      if (groups.has(arn)) continue
      pool.close()
      this.#pools.delete(arn)
      this.#flowPools.delete(arn)
    }
    for (const group of groups.values()) {
      if (takesFlows(group)) kept(this.#flowPools, group.arn, () => new FlowPool(this.#world.clock))
      else kept(this.#pools, group.arn, () => new TargetPool())
      this.#refresh(group, used.get(group.arn))
    }
  }

  #refresh(group: TargetGroup, loadBalancer: LoadBalancer | undefined): void {
    const idleTimeoutMs = this.#world.clock.timeoutMs(idleSeconds(loadBalancer))
    this.#pools.get(group.arn)?.refresh(group, loadBalancer, idleTimeoutMs)
    this.#flowPools.get(group.arn)?.refresh(group, loadBalancer)
  }

  #followListeners(): void {
    const { listeners, loadBalancers } = this.#world.elbv2
    for (const [arn, door] of this.#doors) {
      if (listeners.has(arn)) continue
      this.#doors.delete(arn)
      this.#move(door.close())
    }
    for (const listener of listeners.values()) {
      const loadBalancer = loadBalancers.get(listener.loadBalancerArn)
      if (loadBalancer?.state !== 'active' || listener.protocol === 'UDP') continue
      const door = this.#doors.get(listener.arn) ?? this.#open(listener, loadBalancer)
      door.routes = this.#compiler.compile(rulesOf(this.#world.elbv2, listener.arn))
    }
  }

  #open(listener: Listener, loadBalancer: LoadBalancer): FrontDoor | FlowDoor {
    const common = { clock: this.#world.clock, addresses: this.#addresses }
    const door =
      loadBalancer.type === 'network'
        ? new FlowDoor(listener, { ...common, poolOf: (arn) => this.#flowPools.get(arn) })
        : new FrontDoor(listener, loadBalancer, { ...common, poolOf: (arn) => this.#pools.get(arn) })
    this.#doors.set(listener.arn, door)
    this.#move(door.open())
    return door
  }

  #followApis(): void {
    const { apigateway, apigatewayv2 } = this.#world
    if (!this.#apiGateway && apigateway.restApis.size + apigatewayv2.apis.size > 0) {
      this.#apiGateway = new ApiGateway(this.#world, (arn, port) => this.frontDoor(arn, port))
      this.#move(this.#apiGateway.open())
    }
    this.#apiGateway?.follow()
  }

  #move(change: Promise<void>): void {
    const moving = change.finally(() => this.#moving.delete(moving))
    this.#moving.add(moving)
  }
}

/** Groups of network load balancers. */
const takesFlows = ({ protocol }: TargetGroup) => protocol === 'TCP' || protocol === 'TLS' || protocol === 'TCP_UDP'

function kept<Value>(values: Map<string, Value>, key: string, make: () => Value): void {
  if (!values.has(key)) values.set(key, make())
}
