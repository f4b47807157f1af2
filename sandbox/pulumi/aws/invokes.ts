import type { Properties } from '../properties.ts'
import type { Aws } from './aws.ts'
import { instancesLike, instanceWith, roleNamed } from './instance-functions.ts'
import { addonVersion, clusterNamed } from './eks-functions.ts'
import { policyDocument } from './policy-function.ts'

type Invoke = (aws: Aws, args: Properties) => Promise<Properties>

const dnsSuffixes: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-us-gov': 'amazonaws.com',
}

/** The functions of the SDK that programs call beside making resources. */
export const invokes: Readonly<Record<string, Invoke>> = {
  'aws:index/getCallerIdentity:getCallerIdentity': async (aws) => {
    const { Account = '', Arn = '', UserId = '' } = await aws.callerIdentity()
    return { id: Account, accountId: Account, arn: Arn, userId: UserId }
  },
  'aws:index/getRegion:getRegion': async ({ region, partition }) => ({
    id: region,
    name: region,
    region,
    description: '',
    endpoint: `ec2.${region}.${dnsSuffixes[partition] ?? ''}`,
  }),
  'aws:index/getPartition:getPartition': async ({ partition }) => {
    const dnsSuffix = dnsSuffixes[partition] ?? ''
    return {
      id: partition,
      partition,
      dnsSuffix,
      reverseDnsPrefix: dnsSuffix.split('.').toReversed().join('.'),
    }
  },
  'aws:eks/getAddonVersion:getAddonVersion': addonVersion,
  'aws:eks/getCluster:getCluster': clusterNamed,
  'aws:ec2/getInstance:getInstance': instanceWith,
  'aws:ec2/getInstances:getInstances': instancesLike,
  'aws:iam/getRole:getRole': roleNamed,
  'aws:iam/getPolicyDocument:getPolicyDocument': async (_aws, args) => policyDocument(args),
}
