import {
  DeregisterTargetsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetDescription,
  type TargetGroup,
  type TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { AwsAccess } from '../aws-access.ts'
import type { Clock } from '../../clock.ts'
import { roleCredentials } from './role-credentials.ts'

/** A target as the controller remembers it; without health, it has to ask. */
export interface Target {
  description: TargetDescription
  health: TargetHealth | undefined
}

export const idOf = ({ Id, Port }: TargetDescription): string => `${Id}:${Port}`

/** The order in which the controller names targets in a call: that of their ids as text, so 10.0.1.10 is before 10.0.1.9. */
export const byId = (a: TargetDescription, b: TargetDescription): number => (idOf(a) < idOf(b) ? -1 : 1)

const cacheSeconds = 300
/** AWS takes this many targets in one call. */
const chunkSize = 200

const isHealthy = ({ health }: Target) => health?.State === 'healthy'
const isNotRegistered = ({ health }: Target) => health?.State === 'unused' && health.Reason === 'Target.NotRegistered'
export const isDraining = ({ health }: Target) => health?.State === 'draining'

function chunks<T>(items: T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / chunkSize) }, (_, index) =>
    items.slice(index * chunkSize, (index + 1) * chunkSize),
  )
}

interface AwsFailure extends Error {
  Code?: string
  $metadata?: { httpStatusCode?: number }
}

const codeOf = (error: unknown): string => {
  const { Code, name } = error as AwsFailure
  return (Code ?? name).replace(/Exception$/, '')
}

/** The group is gone, or was never one: nothing is left to clean up there. */
export const isMissingGroup = (error: unknown): boolean =>
  ['TargetGroupNotFound', 'ValidationError'].includes(codeOf(error))

/** An AWS error as the controller's events and denials show it, less its request id, so that the same event is counted. */
export function wordsOf(error: unknown): string {
  const { message, $metadata } = error as AwsFailure
  return $metadata?.httpStatusCode === undefined ? message : `${codeOf(error)}: ${message}`
}

/**
 * The controller's view of target groups. It reads a group's targets from AWS and believes that list for five
 * minutes: within them it asks again only about targets that it last saw in another state than healthy. So what others
 * register in the meantime stays unseen (pkg/targetgroupbinding/targets_manager.go).
 */
export class TargetGroups {
  readonly #client: ElasticLoadBalancingV2Client
  readonly #clock: Clock
  readonly #cache = new Map<string, { targets: Target[]; expiresAt: number }>()

  /** With a role, AWS is asked as that role and not as the owner of the access key. */
  constructor(aws: AwsAccess, clock: Clock, version: string, roleArn?: string) {
    const { endpoint, region, accessKeyId, secretAccessKey } = aws
    this.#clock = clock
    this.#client = new ElasticLoadBalancingV2Client({
      endpoint,
      region,
      credentials: roleArn === undefined ? { accessKeyId, secretAccessKey } : roleCredentials(aws, roleArn),
      customUserAgent: [['elbv2.k8s.aws', `v${version}`]],
    })
  }

  close(): void {
    this.#client.destroy()
  }

  async describe(arn: string): Promise<TargetGroup> {
    const { TargetGroups: groups = [] } = await this.#client.send(
      new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }),
    )
    const [group] = groups
    if (!group || groups.length !== 1) throw new Error(`expecting a single targetGroup but got ${groups.length}`)
    return group
  }

  async list(arn: string): Promise<Target[]> {
    const cached = this.#cached(arn)
    const targets = cached ? await this.#refresh(arn, cached.targets) : await this.#read(arn)
    const expiresAt = cached?.expiresAt ?? performance.now() + this.#clock.ms(cacheSeconds)
    this.#cache.set(arn, { targets, expiresAt })
    return [...targets]
  }

  async register(arn: string, targets: TargetDescription[]): Promise<void> {
    for (const chunk of chunks(targets)) {
      await this.#client.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: chunk }))
      const known = this.#forgetHealth(arn, chunk)
      const added = chunk.filter((target) => !known.has(idOf(target)))
      this.#cached(arn)?.targets.push(...added.map((description) => ({ description, health: undefined })))
    }
  }

  async deregister(arn: string, targets: TargetDescription[]): Promise<void> {
    for (const chunk of chunks(targets)) {
      await this.#client.send(new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets: chunk }))
      this.#forgetHealth(arn, chunk)
    }
  }

  #cached(arn: string) {
    const cached = this.#cache.get(arn)
    return cached && cached.expiresAt > performance.now() ? cached : undefined
  }

  /** Returns which of the targets were in the list. */
  #forgetHealth(arn: string, changed: TargetDescription[]): Set<string> {
    const ids = new Set(changed.map(idOf))
    const known = (this.#cached(arn)?.targets ?? []).filter(({ description }) => ids.has(idOf(description)))
    for (const target of known) target.health = undefined
    return new Set(known.map(({ description }) => idOf(description)))
  }

  async #refresh(arn: string, targets: Target[]): Promise<Target[]> {
    const doubtful = targets.filter((target) => !isHealthy(target))
    if (doubtful.length === 0) return targets
    const read = await this.#read(
      arn,
      doubtful.map(({ description }) => description),
    )
    return [...targets.filter(isHealthy), ...read.filter((target) => !isNotRegistered(target))]
  }

  async #read(arn: string, targets?: TargetDescription[]): Promise<Target[]> {
    const { TargetHealthDescriptions: found = [] } = await this.#client.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: arn, ...(targets && { Targets: targets }) }),
    )
    return found.map(({ Target = { Id: undefined }, TargetHealth }) => ({ description: Target, health: TargetHealth }))
  }
}
