import type { Aws } from './clients.ts'

/** A role's trust policy as IAM has it now, as JSON text; null: there is no such role. */
export async function trustPolicyOf(role: string, aws: Aws): Promise<string | null> {
  const { GetRoleCommand, NoSuchEntityException } = await import('@aws-sdk/client-iam')
  const client = await aws.iam()
  try {
    const { Role } = await client.send(new GetRoleCommand({ RoleName: role }))
    // IAM gives policies URL-encoded (RFC 3986)
    return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '%7B%7D')
  } catch (error) {
    if (error instanceof NoSuchEntityException) return null
    throw error
  }
}
