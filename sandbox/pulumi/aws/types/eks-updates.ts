import { DescribeUpdateCommand, type Update } from '@aws-sdk/client-eks'
import { poll } from '../../poll.ts'
import type { Aws } from '../aws.ts'

interface Updated {
  name: string
  nodegroupName?: string
  addonName?: string
}

/** Waits until an update of a cluster, or of a part of it, has succeeded. Fails with what EKS says about it. */
export async function untilUpdated(aws: Aws, what: Updated, update: Update | undefined): Promise<void> {
  const describe = new DescribeUpdateCommand({ ...what, updateId: update?.id })
  await poll({ signal: aws.signal, timeoutSeconds: 3600, what: `update ${update?.id}` }, async () => {
    const { update: now } = await aws.eks(describe)
    if (now?.status === 'Failed' || now?.status === 'Cancelled')
      throw new Error(`unexpected state '${now.status}', wanted target 'Successful'. last error: ${errorsOf(now)}`)
    return now?.status === 'Successful' ? now : undefined
  })
}

function errorsOf({ errors = [] }: Update): string {
  return errors.map(({ errorCode, errorMessage }) => `${errorCode}: ${errorMessage}`).join(', ')
}
