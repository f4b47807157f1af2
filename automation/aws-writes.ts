import { AsyncLocalStorage } from 'node:async_hooks'
import type { AwsCall } from '../infra/aws/calls.ts'

/** A call to AWS that changes something, or was meant to. Its request id finds it in CloudTrail and with AWS's support. */
export interface AwsWrite {
  /** e.g. `ElasticLoadBalancingV2.ModifyRule` */
  readonly call: string
  /** null: there was no answer. */
  readonly requestId: string | null
  /** AWS's name of the error; null: it was done. */
  readonly error: string | null
}

const current = new AsyncLocalStorage<AwsWrite[]>()

/** Every write that `act` makes, directly or further down, is added to `writes`. */
export const collectWrites = <T>(writes: AwsWrite[], act: () => T): T => current.run(writes, act)

const reads = /^(Describe|Get|List|Export|Search|Test|Simulate|Lookup)/

/** To be told every call, in the context of whoever makes it. */
export function noteCall({ service, operation, requestId, error }: AwsCall): void {
  if (reads.test(operation)) return
  current.getStore()?.push({ call: `${service}.${operation}`, requestId, error })
}
