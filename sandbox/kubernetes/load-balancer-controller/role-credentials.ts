import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import type { AwsAccess } from '../aws-access.ts'

/** Answers credentials of a role, anew whenever the last ones are over; the SDK keeps them until then. */
export function roleCredentials(aws: AwsAccess, roleArn: string) {
  const { endpoint, region, accessKeyId, secretAccessKey } = aws
  return async () => {
    const sts = new STSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } })
    try {
      const assume = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: String(Date.now()) })
      const { Credentials: given } = await sts.send(assume)
      return {
        accessKeyId: given?.AccessKeyId ?? '',
        secretAccessKey: given?.SecretAccessKey ?? '',
        sessionToken: given?.SessionToken ?? '',
        ...(given?.Expiration && { expiration: given.Expiration }),
      }
    } finally {
      sts.destroy()
    }
  }
}
