import { createHash } from 'node:crypto'
import type { Value } from '../properties.ts'
import { child, given, type Construction } from './component.ts'
import type { Registered } from './monitor.ts'

export interface ServiceRole {
  readonly name: string
  readonly service: string
  readonly description?: string
  /** Names of AWS's own policies. */
  readonly policies: readonly string[]
  readonly tags?: Value | undefined
}

export interface RoleWithPolicies {
  readonly role: Registered
  /** What has to be there before the role can be used. */
  readonly all: readonly Registered[]
}

/** `eks:index:ServiceRole`: a role that an AWS service assumes, with AWS's policies attached. */
export async function serviceRole(construction: Construction, wanted: ServiceRole): Promise<RoleWithPolicies> {
  const { monitor, urn } = construction
  const { name, service, description, tags } = wanted
  const component = await monitor.component({ type: 'eks:index:ServiceRole', name, parent: urn, inputs: {} })
  const parent = component.urn
  const role = await child(construction, {
    type: 'aws:iam/role:Role',
    name: `${name}-role`,
    parent,
    inputs: given({ description, assumeRolePolicy: trustOf(service), tags }),
  })
  const attachments: Registered[] = []
  for (const policy of wanted.policies) {
    const policyArn = `arn:aws:iam::aws:policy/${policy}`
    attachments.push(
      await child(construction, {
        type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
        name: `${name}-${createHash('sha1').update(policyArn).digest('hex').slice(0, 8)}`,
        parent,
        inputs: { policyArn, role: role.id },
        dependsOn: [role],
      }),
    )
  }
  await monitor.outputs(parent, { role: role.reference })
  return { role, all: [role, ...attachments] }
}

const trustOf = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: [service] } }],
  })
