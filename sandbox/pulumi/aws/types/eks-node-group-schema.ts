import { computed, flag, map, number, output, replaces, required, tagged, text, texts } from '../schema.ts'

/** The properties of `aws:eks/nodeGroup:NodeGroup`. */
export const nodeGroupSchema = {
  ...tagged,
  amiType: { ...text, ...computed, ...replaces },
  arn: { ...text, ...output },
  capacityType: { ...text, ...computed, ...replaces },
  clusterName: { ...text, ...required, ...replaces },
  diskSize: { ...number, ...computed, ...replaces },
  forceUpdateVersion: flag,
  instanceTypes: { type: 'list', ...computed, ...replaces },
  labels: map,
  launchTemplate: {
    type: 'object',
    fields: {
      id: { ...text, ...computed, ...replaces },
      name: { ...text, ...computed, ...replaces },
      version: { ...text, ...required },
    },
  },
  nodeGroupName: { ...text, ...replaces, autoName: 63, conflictsWith: 'nodeGroupNamePrefix' },
  nodeGroupNamePrefix: { ...text, ...computed, ...replaces, conflictsWith: 'nodeGroupName' },
  nodeRepairConfig: { type: 'object', unsupported: true },
  nodeRoleArn: { ...text, ...required, ...replaces },
  releaseVersion: { ...text, ...computed },
  remoteAccess: {
    type: 'object',
    fields: { ec2SshKey: { ...text, ...replaces }, sourceSecurityGroupIds: { ...texts, ...replaces } },
  },
  resources: {
    type: 'list',
    ...output,
    fields: {
      autoscalingGroups: { type: 'list', ...output, fields: { name: { ...text, ...output } } },
      remoteAccessSecurityGroupId: { ...text, ...output },
    },
  },
  scalingConfig: {
    type: 'object',
    ...required,
    fields: {
      desiredSize: { ...number, ...required },
      maxSize: { ...number, ...required },
      minSize: { ...number, ...required },
    },
  },
  status: { ...text, ...output },
  subnetIds: { ...texts, ...required, ...replaces },
  taints: {
    type: 'set',
    fields: { effect: { ...text, ...required }, key: { ...text, ...required }, value: text },
  },
  updateConfig: {
    type: 'object',
    ...computed,
    fields: { maxUnavailable: number, maxUnavailablePercentage: number, updateStrategy: { ...text, ...computed } },
  },
  version: { ...text, ...computed },
  warmPoolConfig: { type: 'object', unsupported: true },
} as const
