import type { Role, Tag } from '@aws-sdk/client-iam'
import { AwsError } from '../errors.ts'
import { pageOf } from '../page.ts'
import type { World } from '../world.ts'
import type { RoleRecord } from './state.ts'

export function roleNamed(world: World, name: string | undefined): RoleRecord {
  const role = world.iam.roles.get(name ?? '')
  if (!role) throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404)
  return role
}

export const roleArn = (world: World, role: RoleRecord): string =>
  `arn:aws:iam::${world.accountId}:role${role.path}${role.name}`

export function describeRole(world: World, role: RoleRecord): Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: roleArn(world, role),
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encodeDocument(role.trustPolicy),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
  }
}

export const describeTags = (tags: ReadonlyMap<string, string>): Tag[] =>
  [...tags].map(([Key, Value]) => ({ Key, Value }))

/** IAM answers policy documents percent-encoded as in RFC 3986, which leaves fewer characters bare than JavaScript does. */
export const encodeDocument = (document: string): string =>
  encodeURIComponent(document).replaceAll(/[!'()*]/g, (bare) => `%${bare.charCodeAt(0).toString(16).toUpperCase()}`)

export function checkDocument(document: string, message: string): void {
  try {
    const parsed: unknown = JSON.parse(document)
    if (typeof parsed === 'object' && parsed !== null && 'Statement' in parsed) return
  } catch {
    // No JSON: refused below, as is JSON that is no policy.
  }
  throw new AwsError('MalformedPolicyDocument', message)
}

/** One page of a list as IAM pages: Marker and MaxItems in, IsTruncated and Marker out. */
export function iamPage<Item>(items: readonly Item[], input: { Marker?: string; MaxItems?: number }) {
  const page = pageOf(items, input.MaxItems ?? 100, input.Marker)
  if (!page) throw new AwsError('ValidationError', `The specified value for marker is invalid: ${input.Marker}`)
  return { items: page.items, truncation: { IsTruncated: page.next !== undefined, Marker: page.next } }
}
