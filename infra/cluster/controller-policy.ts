/**
 * What the AWS Load Balancer Controller may do: docs/install/iam_policy.json of its repository, release 2.13. Older releases ask
 * for less of the same.
 */

interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: object
}

export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** Inline policies of one role have at most so many characters together, white space not counted (IAM quotas). */
const inlineQuota = 10_240

const everything = ['*']
const owned = { Null: { 'aws:ResourceTag/elbv2.k8s.aws/cluster': 'false' } }
const asked = {
  Null: { 'aws:RequestTag/elbv2.k8s.aws/cluster': 'true', 'aws:ResourceTag/elbv2.k8s.aws/cluster': 'false' },
}

const elb = (...actions: readonly string[]): string[] => actions.map((action) => `elasticloadbalancing:${action}`)
const ec2 = (...actions: readonly string[]): string[] => actions.map((action) => `ec2:${action}`)

const allow = (Action: readonly string[], Resource: readonly string[], Condition?: object): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
})

const reads = [
  ...ec2('DescribeAccountAttributes', 'DescribeAddresses', 'DescribeAvailabilityZones', 'DescribeInternetGateways'),
  ...ec2('DescribeVpcs', 'DescribeVpcPeeringConnections', 'DescribeSubnets', 'DescribeSecurityGroups'),
  ...ec2('DescribeInstances', 'DescribeNetworkInterfaces', 'DescribeTags', 'GetCoipPoolUsage', 'DescribeCoipPools'),
  ...ec2('GetSecurityGroupsForVpc', 'DescribeIpamPools', 'DescribeRouteTables'),
  ...elb(
    'DescribeLoadBalancers',
    'DescribeLoadBalancerAttributes',
    'DescribeListeners',
    'DescribeListenerCertificates',
  ),
  ...elb('DescribeSSLPolicies', 'DescribeRules', 'DescribeTargetGroups', 'DescribeTargetGroupAttributes'),
  ...elb('DescribeTargetHealth', 'DescribeTags', 'DescribeTrustStores', 'DescribeListenerAttributes'),
  ...elb('DescribeCapacityReservation'),
]

const others = [
  'cognito-idp:DescribeUserPoolClient',
  'acm:ListCertificates',
  'acm:DescribeCertificate',
  'iam:ListServerCertificates',
  'iam:GetServerCertificate',
  ...['GetWebACL', 'GetWebACLForResource', 'AssociateWebACL', 'DisassociateWebACL'].flatMap((action) => [
    `waf-regional:${action}`,
    `wafv2:${action}`,
  ]),
  ...['GetSubscriptionState', 'DescribeProtection', 'CreateProtection', 'DeleteProtection'].map((a) => `shield:${a}`),
]

const changes = elb(
  ...['ModifyLoadBalancerAttributes', 'SetIpAddressType', 'SetSecurityGroups', 'SetSubnets', 'DeleteLoadBalancer'],
  ...['ModifyTargetGroup', 'ModifyTargetGroupAttributes', 'DeleteTargetGroup', 'ModifyListenerAttributes'],
  ...['ModifyCapacityReservation', 'ModifyIpPools'],
)

/** `partition`: `aws`, `aws-cn` or `aws-us-gov`. */
export function controllerPolicy(partition: string): PolicyDocument {
  const at = (...tails: readonly string[]): string[] => tails.map((tail) => `arn:${partition}:${tail}`)
  const balancers = at(
    ...['targetgroup/*/*', 'loadbalancer/net/*/*', 'loadbalancer/app/*/*'].map(
      (tail) => `elasticloadbalancing:*:*:${tail}`,
    ),
  )
  const listeners = at(
    ...['listener/net', 'listener/app', 'listener-rule/net', 'listener-rule/app'].map(
      (tail) => `elasticloadbalancing:*:*:${tail}/*/*/*`,
    ),
  )
  const securityGroups = at('ec2:*:*:security-group/*')
  return {
    Version: '2012-10-17',
    Statement: [
      allow(['iam:CreateServiceLinkedRole'], everything, {
        StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' },
      }),
      allow(reads, everything),
      allow(others, everything),
      allow(ec2('AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress', 'CreateSecurityGroup'), everything),
      allow(ec2('CreateTags'), securityGroups, {
        StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup' },
        Null: { 'aws:RequestTag/elbv2.k8s.aws/cluster': 'false' },
      }),
      allow(ec2('CreateTags', 'DeleteTags'), securityGroups, asked),
      allow(ec2('DeleteSecurityGroup'), everything, owned),
      allow(elb('CreateLoadBalancer', 'CreateTargetGroup'), everything, {
        Null: { 'aws:RequestTag/elbv2.k8s.aws/cluster': 'false' },
      }),
      allow(elb('CreateListener', 'DeleteListener', 'CreateRule', 'DeleteRule'), everything),
      allow(elb('AddTags', 'RemoveTags'), balancers, asked),
      allow(elb('AddTags', 'RemoveTags'), listeners),
      allow(elb('AddTags'), balancers, {
        StringEquals: { 'elasticloadbalancing:CreateAction': ['CreateTargetGroup', 'CreateLoadBalancer'] },
        Null: { 'aws:RequestTag/elbv2.k8s.aws/cluster': 'false' },
      }),
      allow(changes, everything, owned),
      allow(elb('RegisterTargets', 'DeregisterTargets'), at('elasticloadbalancing:*:*:targetgroup/*/*')),
      allow(
        elb(
          'SetWebAcl',
          'ModifyListener',
          'AddListenerCertificates',
          'RemoveListenerCertificates',
          'ModifyRule',
          'SetRulePriorities',
        ),
        everything,
      ),
    ],
  }
}

/**
 * Nothing that runs under green's controller role can fill or empty blue's target groups, whatever a binding in green names: an
 * explicit deny beats every allow. null: there is no group to guard. Throws when IAM would not take a policy of this length.
 */
export function denyBlue(blueTargetGroups: readonly string[]): PolicyDocument | null {
  if (blueTargetGroups.length === 0) return null
  const Action = elb('RegisterTargets', 'DeregisterTargets')
  const deny = { Sid: 'BlueIsNotOurs', Effect: 'Deny' as const, Action, Resource: [...blueTargetGroups].sort() }
  const document: PolicyDocument = { Version: '2012-10-17', Statement: [deny] }
  const { length } = JSON.stringify(document)
  if (length <= inlineQuota) return document
  throw new Error(
    `the deny on blue's ${blueTargetGroups.length} target groups would have ${length} characters, and IAM allows ` +
      `${inlineQuota}: split the inventory into migrations with fewer workloads`,
  )
}
