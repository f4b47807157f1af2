import { describe, expect, test } from 'vitest'
import { useAwsPlugin } from './aws-plugin.ts'

const { provider, written } = useAwsPlugin()

const trust = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: [service] }, Action: ['sts:AssumeRole'] }],
})

const deny = (arns: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: 'elasticloadbalancing:RegisterTargets', Resource: arns }],
})

describe('a role', () => {
  test('has a name of its own, and its trust policy in the order of its keys', async () => {
    const client = await provider('aws:iam/role:Role', {}, 'controller')
    const { id, state, inputs } = await client.make({ assumeRolePolicy: trust('eks.amazonaws.com'), tags: { a: 'b' } })
    expect(id).toMatch(/^thing-[0-9a-f]{7}$|^controller-[0-9a-f]{7}$/)
    expect(state).toMatchObject({
      arn: `arn:aws:iam::123456789012:role/${id}`,
      assumeRolePolicy:
        '{"Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":["eks.amazonaws.com"]}}],"Version":"2012-10-17"}',
      maxSessionDuration: 3600,
      path: '/',
      tags: { a: 'b' },
    })
    expect(await client.diff(id, state, inputs)).toMatchObject({ changes: false })
  })

  test('does not change with a trust policy that says the same', async () => {
    const client = await provider('aws:iam/role:Role')
    const { id, state, inputs } = await client.make({ assumeRolePolicy: trust('eks.amazonaws.com') })
    const [same, other] = ['eks.amazonaws.com', 'ec2.amazonaws.com'].map((Service) =>
      JSON.stringify({
        Statement: { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service } },
        Version: '2012-10-17',
      }),
    )
    const equivalent = await client.check({ assumeRolePolicy: same ?? '' }, inputs)
    expect(await client.diff(id, state, equivalent.inputs)).toMatchObject({ changes: false })
    const different = await client.check({ assumeRolePolicy: other ?? '' }, inputs)
    expect((await client.diff(id, state, different.inputs)).detailed).toEqual({ assumeRolePolicy: 'update' })
    const updated = await client.update(id, state, different.inputs)
    expect(written()).toContain('UpdateAssumeRolePolicy')
    expect((await client.read(id, updated, different.inputs)).state).toEqual(updated)
  })

  test('is replaced by one of another name, and imported by its name', async () => {
    const client = await provider('aws:iam/role:Role')
    const { id, state, inputs } = await client.make({ name: 'known', assumeRolePolicy: trust('ec2.amazonaws.com') })
    const news = (await client.check({ ...inputs, name: 'other' }, inputs)).inputs
    expect(await client.diff(id, state, news)).toMatchObject({
      detailed: { name: 'update-replace' },
      deleteBeforeReplace: true,
    })
    expect((await client.read('known')).inputs).toMatchObject({ name: 'known' })
    await client.delete(id, state)
    expect((await client.read(id, state)).id).toBe('')
    await client.delete(id, state)
  })
})

describe('policies', () => {
  test('are attached to a role, which goes only after them', async () => {
    const roles = await provider('aws:iam/role:Role')
    const role = await roles.make({ assumeRolePolicy: trust('ec2.amazonaws.com') })
    const inline = await provider('aws:iam/rolePolicy:RolePolicy')
    const guard = await inline.make({ role: role.id, name: 'guard', policy: deny(['*']) })
    expect(guard.id).toBe(`${role.id}:guard`)
    expect(await inline.diff(guard.id, guard.state, guard.inputs)).toMatchObject({ changes: false })
    const managed = await provider('aws:iam/policy:Policy')
    const policy = await managed.make({ policy: JSON.stringify(deny(['*'])) })
    const attachments = await provider('aws:iam/rolePolicyAttachment:RolePolicyAttachment')
    const attachment = await attachments.make({ role: role.id, policyArn: policy.id })
    expect((await attachments.read(`${role.id}/${policy.id}`)).inputs).toMatchObject({ policyArn: policy.id })
    await expect(roles.delete(role.id, role.state)).rejects.toThrow('must detach all policies first')
    await expect(managed.delete(policy.id, policy.state)).rejects.toThrow('attached to entities')
    await attachments.delete(attachment.id, attachment.state)
    await inline.delete(guard.id, guard.state)
    await managed.delete(policy.id, policy.state)
    await roles.delete(role.id, role.state)
    expect((await managed.read(policy.id, policy.state)).id).toBe('')
  })

  test('get a new version with each change, and IAM keeps five', async () => {
    const client = await provider('aws:iam/policy:Policy')
    const made = await client.make({ policy: deny(['v0']) })
    let { state, inputs } = made
    for (let version = 1; version <= 7; version++) {
      const news = (await client.check({ policy: deny([`v${version}`]) }, inputs)).inputs
      state = await client.update(made.id, state, news)
      inputs = news
    }
    expect(state.policy).toContain('"v7"')
    await client.delete(made.id, state)
  })
})

describe('an OIDC provider', () => {
  test('is known by its URL without scheme', async () => {
    const client = await provider('aws:iam/openIdConnectProvider:OpenIdConnectProvider')
    const news = { url: 'https://oidc.eks.eu-west-1.amazonaws.com/id/AB', clientIdLists: ['sts.amazonaws.com'] }
    const { id, state, inputs } = await client.make(news)
    expect(id).toBe('arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB')
    expect(state).toMatchObject({ url: 'oidc.eks.eu-west-1.amazonaws.com/id/AB', clientIdLists: ['sts.amazonaws.com'] })
    expect(state.thumbprintLists).toHaveLength(1)
    expect(await client.diff(id, state, inputs)).toMatchObject({ changes: false })
    await client.delete(id, state)
  })
})
