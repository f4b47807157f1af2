import { poll } from '../../poll.ts'
import type { Aws } from '../aws.ts'
import { hasCode } from '../operation-error.ts'

/** IAM's time to know what it has just been told: the official provider tries that long. */
const timeoutSeconds = 120

/** Tries again while a principal that a policy names is not known yet. */
export function whilePropagating<Answer>(aws: Aws, request: () => Promise<Answer>): Promise<Answer> {
  return poll(
    { signal: aws.signal, timeoutSeconds, what: 'IAM' },
    request,
    (error) => hasCode(error, 'MalformedPolicyDocument') && error.awsMessage.includes('Invalid principal'),
  )
}
