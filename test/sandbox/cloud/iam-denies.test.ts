import {
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roleCredentials } from '../../../sandbox/kubernetes/load-balancer-controller/role-credentials.ts'
import { startCloud, type TestCloud } from '../pulumi/cloud.ts'

let cloud: TestCloud
let iam: IAMClient
/** The load-balancer controller's client, with the role of its service account. */
let controller: ElasticLoadBalancingV2Client

const RoleName = 'controller'

beforeAll(async () => {
  cloud = await startCloud()
  const { region, accessKey: accessKeyId, secretKey: secretAccessKey } = cloud.providerOptions
  const access = { endpoint: cloud.wire.url, region, accessKeyId, secretAccessKey }
  iam = new IAMClient({ ...access, credentials: access })
  const AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[]}'
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  const credentials = roleCredentials(access, Role?.Arn ?? '')
  controller = new ElasticLoadBalancingV2Client({ region, endpoint: cloud.wire.url, credentials })
})
afterAll(async () => {
  controller.destroy()
  iam.destroy()
  await cloud.close()
})

const deny = (Resource: string, more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: ['elasticloadbalancing:*gisterTargets'], Resource, ...more }],
  })

const register = (client: ElasticLoadBalancingV2Client) =>
  client.send(
    new RegisterTargetsCommand({ TargetGroupArn: cloud.made.blueArn, Targets: [{ Id: '10.0.0.9', Port: 80 }] }),
  )

describe('an explicit deny', () => {
  test('of a role’s own policy stops that role, in AWS’s words, and nobody else', async () => {
    await register(controller)
    const { blueArn } = cloud.made
    const PolicyDocument = deny(blueArn)
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'guard', PolicyDocument }))
    const refused = await register(controller).catch((error: unknown) => error as Error)
    expect(refused).toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
    expect((refused as Error).message).toMatch(
      /^User: arn:aws:sts::123456789012:assumed-role\/controller\/\d+ is not authorized to perform: elasticloadbalancing:RegisterTargets on resource: arn:aws:elasticloadbalancing:.*targetgroup\/blue\/\w+ with an explicit deny in an identity-based policy$/,
    )
    await controller.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [blueArn] }))
    await register(cloud.elbv2)
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'guard' }))
    await register(controller)
  })

  test('of an attached policy counts as well, other resources and conditions do not', async () => {
    const other = await iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'other', PolicyDocument: deny('arn:aws:x:::green') }),
    )
    expect(other.$metadata.httpStatusCode).toBe(200)
    const conditional = deny('*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } })
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'conditional', PolicyDocument: conditional }))
    await register(controller)
    const create = new CreatePolicyCommand({ PolicyName: 'guard', PolicyDocument: deny('*:targetgroup/blue/*') })
    const { Policy } = await iam.send(create)
    const PolicyArn = Policy?.Arn ?? ''
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))
    await expect(register(controller)).rejects.toThrow('with an explicit deny')
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))
    await register(controller)
  })
})
