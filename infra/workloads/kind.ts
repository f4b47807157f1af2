import type { TObject, TProperties } from 'typebox'
import type * as pulumi from '@pulumi/pulumi'
import type { Aws } from '../aws/clients.ts'
import type { Window } from '../aws/metrics.ts'
import type { ClusterReads } from '../kubernetes/reads.ts'
import type { Policy, PolicyScope } from '../policies/grant.ts'
import type { Grain, Split } from '../traffic.ts'
import type { StageName, WorkloadOutputs } from './outputs.ts'

export type { StageName, WorkloadOutputs } from './outputs.ts'

/** Any value that JSON can hold; what AWS describes is kept and compared in this form. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** What a workload takes for itself, e.g. a rule's ARN. One holder at a time over all migrations, until released. */
export type ClaimId = string

/** What a Pulumi program shall make exist now. Plain data; a transition is a list of these, each one staged `up`. */
export interface Stage {
  readonly name: StageName
  /** `present`: green's target group and binding exist. */
  readonly green: 'absent' | 'present'
  readonly split: Split
  /** A way for the service alone to reach green. */
  readonly testRoute: boolean
  /** `retired`: blue is taken out of the switch. */
  readonly blue: 'attached' | 'retired'
  /** `adopted`: imported and never written. `owned`: its split is ours. `left-out`: no longer in the program; it stays in AWS. */
  readonly switchPoint: 'adopted' | 'owned' | 'left-out'
  /** `protected`: no program can delete or replace anything. `retained`: what leaves the program stays in AWS. */
  readonly keep: 'nothing' | 'protected' | 'retained'
  /** Which try at moving this is: 0 before the first, one more each time it leaves `prepared` forward. */
  readonly attempt: number
  /** null: the stage itself. Else one of the steps towards it that the kind asks for (`parts`), in the kind's own words. */
  readonly part: StagePart | null
}

/** A step towards a stage that one `up` cannot reach. Its split is the one that AWS reads back in it. */
export interface StagePart {
  readonly name: string
  readonly data: Json
}

/** Green's cluster as a program and its readers reach it. */
export interface GreenCluster {
  readonly name: string
  /** Path of its kubeconfig on this machine. */
  readonly kubeconfig: string
  /** Its nodes, where we built the cluster and know them; otherwise an inventory entry has to say what it needs of them. */
  readonly nodes?: GreenNodes
}

/** Green's nodes as load balancers reach them. */
export interface GreenNodes {
  /** By name. */
  readonly autoScalingGroups: readonly string[]
  readonly securityGroup?: string
}

/** Everything about one workload that a kind works with. Found once, the same until released. */
export interface Site<Config = object, Found = FoundBase> {
  readonly migration: string
  readonly workload: string
  readonly config: Config
  readonly found: Found
  readonly green: GreenCluster
}

/** What every kind finds. */
export interface FoundBase {
  /** The switch point exactly as AWS described it before we touched it, tags included. The target of every way back. */
  readonly asFound: SwitchPoint
  /** What this workload needs besides its switch point, e.g. a rule priority for the test route. Claimed with it. */
  readonly reserves: readonly ClaimId[]
  /** Target groups of blue's that nobody else may bind, unless both sides bind in multi-cluster mode. */
  readonly blueGroups: readonly { readonly arn: string; readonly multiCluster: boolean }[]
  /** false: each zone serves only its own clients, so green needs targets wherever blue has them. */
  readonly crossZone: boolean
}

/** The switch point as AWS describes it now, parted into what we own of it and the rest. */
export interface SwitchPoint {
  readonly traffic: Json
  /** Whatever is not traffic: conditions, priority, certificates, tags. Never ours to change. */
  readonly rest: Json
}

/** What `find` may look at. All of it is read-only. */
export interface Surroundings {
  readonly aws: Aws
  readonly blue: ClusterReads
  readonly green: ClusterReads
  /** Where the entry does not name them; see GreenCluster. */
  readonly greenNodes?: GreenNodes
  /** Is this taken by another workload of any migration? */
  readonly claimed: (id: ClaimId) => boolean
}

/** One side's targets, counted by the state that the load balancer reports. */
export interface SideHealth {
  readonly healthy: number
  readonly unhealthy: number
  readonly initial: number
  readonly draining: number
  readonly unused: number
  /** healthy targets per availability zone */
  readonly zones: Readonly<Record<string, number>>
}

export interface Health {
  readonly blue: SideHealth
  /** null: green has no target group yet */
  readonly green: SideHealth | null
}

/** How the service alone reaches green: the probe's request with this changed, or a reason why it cannot. */
export type TestRoute = ProbeChange | { readonly none: string }

/** What is not named stays as the probe says. */
export interface ProbeChange {
  /** Added to the probe's own. */
  readonly headers?: Readonly<Record<string, string>>
  /** Where to connect instead; the Host header, and with TLS the name that is asked for, stay those of the probe's URL. */
  readonly connect?: { readonly host?: string; readonly port?: number; readonly protocol?: 'http' | 'https' }
  /** What the path begins with, and what it shall begin with instead. */
  readonly path?: { readonly from: string; readonly to: string }
}

/** What the load balancer's own counters say about blue. */
export type BlueTraffic =
  | { readonly requests: number; readonly minutes: number }
  /** They cannot be told from those of others. */
  | { readonly none: string }

/** What goes on after the switch point reads as wanted. */
export interface Lingering {
  readonly seconds: number
  readonly sentence: string
}

/** A resource of a workload's program, by Pulumi type and logical name. */
export interface ResourceName {
  readonly type: string
  readonly name: string
}

/** One that the switch is made of: what a targeted refresh names. `id`: the object's own in AWS. */
export interface SwitchResource extends ResourceName {
  readonly id: string
}

/** Plain data that `program` turns into resources: names, ports, weights, rules. */
export interface PlanBase {
  readonly outputs: Omit<WorkloadOutputs, 'targetGroups' | 'testRoute'>
}

/** Secret values that a program needs and a plan must not show. */
export interface Secrets {
  readonly testRoute: pulumi.Output<string>
}

/** Where the program's providers point: names of AWS and of green's cluster, as the providers themselves call their options. */
export interface Providers {
  readonly aws: pulumi.ProviderResource
  /** Made only when the plan has something in green. `deleteUnreachable` drops what a dead cluster cannot confirm. */
  kubernetes(): pulumi.ProviderResource
}

/**
 * One way in which a workload is exposed. Differences between kinds are values in this record; no other file asks which kind it is.
 * Readers throw SDK errors as they come; `find` throws Refused.
 */
export interface Kind<Config extends object, Found extends FoundBase, Plan extends PlanBase> {
  readonly name: string
  /** What an inventory entry of this kind must say, beside what every workload says. */
  readonly schema: TObject
  /** What its stacks export beside what every workload's does: a record for each set of members that there may be. None: no more. */
  readonly exportsToo?: readonly TProperties[]
  grain(config: Config): Grain
  /** The rights that a workload's journey takes, as narrow as its entry alone allows. Pure. */
  policy(config: Config, scope: PolicyScope): Policy
  /** The Service that runs the workload, the same in both clusters. */
  service(config: Config): { readonly namespace: string; readonly name: string }
  /** Unique over all migrations; the journal enforces it. */
  claims(config: Config): readonly ClaimId[]
  /** Reads the switch point as found, or throws Refused with the field, the reason and the way out. */
  find(config: Config, surroundings: Surroundings): Promise<Found>
  /** Pure. */
  plan(site: Site<Config, Found>, stage: Stage): Plan
  /** Thin: plan to resources. No wait, no shell, no SDK call. */
  program(plan: Plan, providers: Providers, secrets: Secrets): pulumi.Input<WorkloadOutputs>
  /**
   * The stages, one `up` each, that lead to `stage`, itself the last. Most kinds need no other: `[stage]`. Pure. `before`: the
   * stage that is in effect now, null before the first; its split is the one that AWS reads back.
   */
  parts(site: Site<Config, Found>, stage: Stage, before: Stage | null): readonly Stage[]
  /** What a part does to the switch point, for a plan. Of a part without a word here the split says it. */
  readonly partWords?: Readonly<Record<string, string>>
  /** What of a stage Pulumi cannot do, by direct AWS calls after its `up`. Idempotent. */
  complete(site: Site<Config, Found>, stage: Stage, outputs: WorkloadOutputs, aws: Aws): Promise<void>
  /** What `complete` would do that no preview shows, a line each for the plan; kinds whose previews show everything have none. Pure. */
  completion?(site: Site<Config, Found>, stage: Stage): readonly string[]
  /** For how long after it reads back somebody may still act on what was before the stage, e.g. a TTL; null: for no time. */
  propagation(site: Site<Config, Found>, stage: Stage, before: Stage | null): Lingering | null
  /**
   * Before the switch is refreshed, where a run may have died amid a conversion: gives what AWS has the identity that the program of
   * `stage` knows it by. Moves no traffic. Only kinds whose switch point changes its identity have it.
   */
  takeOver?(site: Site<Config, Found>, stage: Stage, aws: Aws): Promise<void>
  /** The resources that hold the switch, for a targeted refresh. None of them is ever replaced, or deleted from AWS. */
  switchResources(site: Site<Config, Found>): readonly SwitchResource[]
  /**
   * What is refreshed with them because the flip writes it as well, or because the plugin fails to delete what a dead run has
   * deleted. It is of our making and goes again. Most kinds have none.
   */
  refreshedToo?(site: Site<Config, Found>): readonly ResourceName[]
  /** Reads, from AWS and never from our records. */
  readonly observe: {
    /** The split in effect; null when the switch point sends traffic to anything but our two sides. One call. */
    split(site: Site<Config, Found>, outputs: WorkloadOutputs | null, aws: Aws): Promise<Split | null>
    health(site: Site<Config, Found>, outputs: WorkloadOutputs | null, aws: Aws): Promise<Health>
    switchPoint(site: Site<Config, Found>, aws: Aws): Promise<SwitchPoint>
    /** Does the test route lead to green and nowhere else? */
    testRoute(site: Site<Config, Found>, outputs: WorkloadOutputs, aws: Aws): Promise<boolean>
    /** What has to go before traffic may move forward, a sentence each with the way out; [] when nothing is in the way. */
    obstacles(
      site: Site<Config, Found>,
      outputs: WorkloadOutputs | null,
      surroundings: Pick<Surroundings, 'aws' | 'green'>,
    ): Promise<readonly string[]>
    /** What still came to blue in a window; throws where the counters are silent, which is not zero. */
    blueTraffic(site: Site<Config, Found>, window: Window, aws: Aws): Promise<BlueTraffic>
  }
  /** The same split by direct AWS calls: idempotent, one write per object of the switch point, no read before it. */
  flip(site: Site<Config, Found>, outputs: WorkloadOutputs | null, split: Split, aws: Aws): Promise<void>
  /** What programs of this kind create, in the order in which it can be deleted. Never blue's. */
  creates(site: Site<Config, Found>): readonly ResourceName[]
  /**
   * Deletes the object that a run made and did not live to record: found by our tags or by its name, never guessed. Its id;
   * null: there is none. Only for what the stack's state does not have.
   */
  removeOrphan(site: Site<Config, Found>, resource: ResourceName, aws: Aws): Promise<string | null>
  lingers(site: Site<Config, Found>, split: Split): Lingering
  testRoute(site: Site<Config, Found>, secret: string): TestRoute
}

/** A kind whose own types are known to itself alone. Methods are called with what the same kind returned earlier. */
export type AnyKind = Kind<object, FoundBase, PlanBase>
