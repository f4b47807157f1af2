import type { Colour } from '../traffic.ts'

/** Conditions of a statement: operator, key, values. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

/** A statement of an IAM policy, before those of several workloads are put together. */
export interface Grant {
  /** What it is for; the statement's Sid. */
  readonly sid: string
  /** As IAM names them, e.g. `elasticloadbalancing:ModifyRule`. */
  readonly actions: readonly string[]
  /** ARNs, as narrow as AWS allows. `*`: AWS knows no resources of these actions, or none that are known before they are made. */
  readonly resources: readonly string[]
  readonly condition?: Condition
  /** Why a journey on which nothing goes wrong, with the stand-in plugins, does not ask for it. */
  readonly seldom?: string
}

/** A right in a Kubernetes cluster. */
export interface ClusterGrant {
  readonly verbs: readonly string[]
  /** '' is the core group. */
  readonly group: string
  /** Plural. */
  readonly resource: string
  /** null: in all namespaces, because it is asked for so. */
  readonly namespace: string | null
  readonly seldom?: string
}

/** Everything that one workload's journey takes. */
export interface Policy {
  /** Calls of the service itself: reads, flips, and what a dead run left. */
  readonly service: readonly Grant[]
  /** Calls of Pulumi's aws plugin, for the resources of the workload's program. */
  readonly plugins: readonly Grant[]
  readonly clusters: Readonly<Record<Colour, readonly ClusterGrant[]>>
}

/** What a kind knows of a workload before anything was looked at. */
export interface PolicyScope {
  readonly migration: string
  readonly region: string
  /** Names of green's auto-scaling groups, `*` in them, where the entry does not say. */
  readonly greenGroups: readonly string[]
}
