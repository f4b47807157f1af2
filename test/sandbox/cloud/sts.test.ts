import { CreateRoleCommand, GetUserCommand, IAMClient } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountId, awsCli, hasAwsCli, startTestWire, type TestWire } from '../wire/fixture.ts'

let it: TestWire
let sts: STSClient
beforeAll(async () => {
  it = await startTestWire()
  sts = new STSClient(it.client)
  await new IAMClient(it.client).send(
    new CreateRoleCommand({ RoleName: 'deployer', Path: '/ci/', AssumeRolePolicyDocument: '{"Statement":[]}' }),
  )
})
afterAll(() => it.close())

const roleArn = `arn:aws:iam::${accountId}:role/ci/deployer`

test('an access key is the one user of the account', async () => {
  expect(await sts.send(new GetCallerIdentityCommand())).toMatchObject({
    Account: accountId,
    Arn: `arn:aws:iam::${accountId}:user/operator`,
    UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
  })
})

test('an assumed role is somebody else, for every service', async () => {
  const assume = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'nightly', DurationSeconds: 900 })
  const { Credentials, AssumedRoleUser } = await sts.send(assume)
  expect(Credentials).toMatchObject({ AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/) })
  expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now())

  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  }
  const identity = await new STSClient({ ...it.client, credentials }).send(new GetCallerIdentityCommand())
  expect(identity).toMatchObject({
    Arn: `arn:aws:sts::${accountId}:assumed-role/deployer/nightly`,
    UserId: AssumedRoleUser?.AssumedRoleId,
  })
  await expect(new IAMClient({ ...it.client, credentials }).send(new GetUserCommand())).rejects.toMatchObject({
    name: 'ValidationError',
  })
})

test.each([
  [{ RoleArn: `arn:aws:iam::${accountId}:role/nobody`, RoleSessionName: 'nightly' }, 'AccessDenied', 403],
  [{ RoleArn: `arn:aws:iam::${accountId}:role/deployer`, RoleSessionName: 'nightly' }, 'AccessDenied', 403],
  [{ RoleArn: roleArn, RoleSessionName: 'not a name' }, 'ValidationError', 400],
  [{ RoleArn: roleArn, RoleSessionName: 'nightly', DurationSeconds: 43_200 }, 'ValidationError', 400],
])('AssumeRole refuses %o', async (input, name, httpStatusCode) => {
  await expect(sts.send(new AssumeRoleCommand(input))).rejects.toMatchObject({ name, $metadata: { httpStatusCode } })
})

describe.skipIf(!hasAwsCli)('the AWS CLI', { timeout: 60_000 }, () => {
  test('sees who it is', async () => {
    expect(await awsCli(it.wire, 'sts', 'get-caller-identity')).toMatchObject({
      output: { Account: accountId, Arn: `arn:aws:iam::${accountId}:user/operator` },
    })
  })

  test('presigns the token that a cluster asks STS about', async () => {
    const { output } = await awsCli(it.wire, 'eks', 'get-token', '--cluster-name', 'green')
    const { token } = (output as { status: { token: string } }).status
    const url = Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString()
    const { search } = new URL(url)
    const response = await fetch(it.wire.url + search, { headers: { 'x-k8s-aws-id': 'green' } })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain(`<Arn>arn:aws:iam::${accountId}:user/operator</Arn>`)
  })
})
