import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  ListAccountAliasesCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accountId, awsCli, hasAwsCli, startTestWire, type TestWire } from '../wire/fixture.ts'

const trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}'
const policy = '{"Statement":[{"Effect":"Allow","Action":"elasticloadbalancing:*","Resource":"*"}]}'
const managed = 'arn:aws:iam::aws:policy/service-role/AmazonEKSClusterPolicy'
const RoleName = 'node'

let it: TestWire
let iam: IAMClient
beforeEach(async () => {
  it = await startTestWire()
  iam = new IAMClient(it.client)
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, Tags: [{ Key: 'a', Value: 'b' }] }))
})
afterEach(async () => {
  iam.destroy()
  await it.close()
})

test('a role is answered as it was made', async () => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }))
  expect(Role).toMatchObject({
    RoleName,
    Path: '/',
    Arn: `arn:aws:iam::${accountId}:role/node`,
    RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
    MaxSessionDuration: 3600,
    Tags: [{ Key: 'a', Value: 'b' }],
  })
  expect(Role?.AssumeRolePolicyDocument).toMatch(/^%7B%22Version%22/)
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trust)
})

test('a role is changed', async () => {
  await iam.send(new UpdateRoleCommand({ RoleName, Description: 'of nodes', MaxSessionDuration: 7200 }))
  expect(await iam.send(new UpdateRoleDescriptionCommand({ RoleName, Description: 'of all nodes' }))).toMatchObject({
    Role: { RoleName, Description: 'of all nodes' },
  })
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policy }))
  await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'c', Value: '' }] }))
  await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['a'] }))
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }))
  expect(Role).toMatchObject({ Description: 'of all nodes', MaxSessionDuration: 7200, Tags: [{ Key: 'c', Value: '' }] })
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(policy)
  expect(await iam.send(new ListRoleTagsCommand({ RoleName }))).toMatchObject({ Tags: [{ Key: 'c', Value: '' }] })
})

test('policies come, are listed and go, and a role goes after them', async () => {
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'balance', PolicyDocument: policy }))
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: managed }))
  expect(await iam.send(new ListRolePoliciesCommand({ RoleName }))).toMatchObject({ PolicyNames: ['balance'] })
  expect(await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).toMatchObject({
    AttachedPolicies: [{ PolicyArn: managed, PolicyName: 'AmazonEKSClusterPolicy' }],
  })
  const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'balance' }))
  expect(decodeURIComponent(PolicyDocument ?? '')).toBe(policy)

  const deleteRole = () => iam.send(new DeleteRoleCommand({ RoleName }))
  await expect(deleteRole()).rejects.toMatchObject({
    name: 'DeleteConflictException',
    $metadata: { httpStatusCode: 409 },
  })
  await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: managed }))
  await expect(deleteRole()).rejects.toMatchObject({ message: 'Cannot delete entity, must delete policies first.' })
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'balance' }))
  expect(await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }))).toMatchObject({ InstanceProfiles: [] })
  await deleteRole()
  await expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toMatchObject({ name: 'NoSuchEntityException' })
})

test('roles are listed by path and in pages', async () => {
  for (const name of ['c', 'a', 'b']) {
    await iam.send(new CreateRoleCommand({ RoleName: name, Path: '/team/', AssumeRolePolicyDocument: trust }))
  }
  const first = await iam.send(new ListRolesCommand({ PathPrefix: '/team/', MaxItems: 2 }))
  expect(first.Roles?.map((role) => role.RoleName)).toEqual(['a', 'b'])
  expect(first.IsTruncated).toBe(true)
  const second = await iam.send(new ListRolesCommand({ PathPrefix: '/team/', MaxItems: 2, Marker: first.Marker }))
  expect(second.Roles?.map((role) => role.RoleName)).toEqual(['c'])
  expect(second.IsTruncated).toBe(false)
})

test('the caller is the user', async () => {
  const { User } = await iam.send(new GetUserCommand())
  expect(User).toMatchObject({ UserName: 'operator', Arn: `arn:aws:iam::${accountId}:user/operator` })
  expect(await iam.send(new ListAccountAliasesCommand())).toMatchObject({ AccountAliases: [] })
})

test.each([
  [new GetRoleCommand({ RoleName: 'nobody' }), 'NoSuchEntityException', 'The role with name nobody cannot be found.'],
  [new GetUserCommand({ UserName: 'nobody' }), 'NoSuchEntityException', 'The user with name nobody cannot be found.'],
  [
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }),
    'EntityAlreadyExistsException',
    'Role with name node already exists.',
  ],
  [
    new CreateRoleCommand({ RoleName: 'a b', AssumeRolePolicyDocument: trust }),
    'ValidationError',
    'value for roleName',
  ],
  [
    new CreateRoleCommand({ RoleName: 'a'.repeat(65), AssumeRolePolicyDocument: trust }),
    'ValidationError',
    'equal to 64',
  ],
  [new CreateRoleCommand({ RoleName: 'a', Path: 'x', AssumeRolePolicyDocument: trust }), 'ValidationError', 'for path'],
  [
    new CreateRoleCommand({ RoleName: 'a', AssumeRolePolicyDocument: '{' }),
    'MalformedPolicyDocumentException',
    'This policy contains invalid Json',
  ],
  [
    new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: '{}' }),
    'MalformedPolicyDocumentException',
    'Syntax errors in policy.',
  ],
  [
    new GetRolePolicyCommand({ RoleName, PolicyName: 'p' }),
    'NoSuchEntityException',
    'role policy with name p cannot be',
  ],
  [new DeleteRolePolicyCommand({ RoleName, PolicyName: 'p' }), 'NoSuchEntityException', 'role policy with name p'],
  [new AttachRolePolicyCommand({ RoleName, PolicyArn: 'arn:x' }), 'InvalidInputException', 'ARN arn:x is not valid.'],
  [new DetachRolePolicyCommand({ RoleName, PolicyArn: managed }), 'NoSuchEntityException', 'was not found.'],
  [new TagRoleCommand({ RoleName, Tags: [{ Key: 'aws:x', Value: '' }] }), 'InvalidInputException', 'reserved'],
  [new ListRolesCommand({ Marker: 'mine' }), 'ValidationError', 'marker'],
])('refused: %#', async (command, name, message) => {
  const refused = (iam as { send(command: unknown): Promise<unknown> }).send(command)
  await expect(refused).rejects.toMatchObject({ name, message: expect.stringContaining(message) })
})

describe.skipIf(!hasAwsCli)('the AWS CLI', { timeout: 60_000 }, () => {
  test('is told that a role is missing', async () => {
    const { error } = await awsCli(it.wire, 'iam', 'get-role', '--role-name', 'nobody')
    expect(error).toContain(
      'An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name nobody cannot be found.',
    )
  })

  test('decodes a policy', async () => {
    const { output } = await awsCli(it.wire, 'iam', 'get-role', '--role-name', RoleName)
    expect(output).toMatchObject({ Role: { AssumeRolePolicyDocument: JSON.parse(trust) } })
  })
})
