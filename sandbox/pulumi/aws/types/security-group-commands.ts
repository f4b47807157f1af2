import type {
  AuthorizeSecurityGroupEgressCommandInput,
  RevokeSecurityGroupEgressCommandInput,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2'
import type { Aws } from '../aws.ts'

export type Direction = 'Ingress' | 'Egress'

/** Adds rules to a security group, which has operations for each direction with the same members. */
export async function authorize(
  aws: Aws,
  direction: Direction,
  input: AuthorizeSecurityGroupEgressCommandInput,
): Promise<SecurityGroupRule[]> {
  const ec2 = await import('@aws-sdk/client-ec2')
  const { SecurityGroupRules = [] } =
    direction === 'Ingress'
      ? await aws.ec2(new ec2.AuthorizeSecurityGroupIngressCommand(input))
      : await aws.ec2(new ec2.AuthorizeSecurityGroupEgressCommand(input))
  return SecurityGroupRules
}

export async function revoke(
  aws: Aws,
  direction: Direction,
  input: RevokeSecurityGroupEgressCommandInput,
): Promise<void> {
  const ec2 = await import('@aws-sdk/client-ec2')
  await (direction === 'Ingress'
    ? aws.ec2(new ec2.RevokeSecurityGroupIngressCommand(input))
    : aws.ec2(new ec2.RevokeSecurityGroupEgressCommand(input)))
}
