import { randomBytes } from 'node:crypto'
import type { World } from '../world.ts'
import type { LoadBalancerType } from './state.ts'

/** The 16 hexadecimal digits that end every ARN of Elastic Load Balancing. */
const newId = () => randomBytes(8).toString('hex')

const prefix = (world: World) => `arn:aws:elasticloadbalancing:${world.region}:${world.accountId}`
const short = { application: 'app', network: 'net' } as const

export function loadBalancerArn(world: World, type: LoadBalancerType, name: string): string {
  return `${prefix(world)}:loadbalancer/${short[type]}/${name}/${newId()}`
}

export const listenerArn = (loadBalancerArn: string) =>
  `${loadBalancerArn.replace(':loadbalancer/', ':listener/')}/${newId()}`

export const ruleArn = (listenerArn: string) => `${listenerArn.replace(':listener/', ':listener-rule/')}/${newId()}`

export const targetGroupArn = (world: World, name: string) => `${prefix(world)}:targetgroup/${name}/${newId()}`

export type ResourceKind = 'loadbalancer' | 'listener' | 'listener-rule' | 'targetgroup'

/** undefined: not an ARN of Elastic Load Balancing. */
export function resourceKind(arn: string): ResourceKind | undefined {
  const kind = /^arn:[\w-]+:elasticloadbalancing:[\w-]*:\d*:([\w-]+)\/.+/.exec(arn)?.[1]
  return kind === 'loadbalancer' || kind === 'listener' || kind === 'listener-rule' || kind === 'targetgroup'
    ? kind
    : undefined
}
