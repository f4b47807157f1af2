import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { LoggedCall } from '../../sandbox/wire/call-log.ts'

/** What AWS was asked with our key: the clusters' controllers and load balancers ask and write too, whenever they see a reason. */
export const ownCalls = ({ calls, ready }: Sandbox): LoggedCall[] =>
  calls.recent().filter(({ accessKeyId }) => accessKeyId === ready.env['AWS_ACCESS_KEY_ID'])
