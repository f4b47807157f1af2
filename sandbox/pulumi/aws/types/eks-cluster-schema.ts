import { computed, flag, output, replaces, required, tagged, text, texts } from '../schema.ts'

const notServed = { type: 'object', unsupported: true } as const

/** The properties of `aws:eks/cluster:Cluster`. */
export const clusterSchema = {
  ...tagged,
  accessConfig: {
    type: 'object',
    ...computed,
    fields: {
      authenticationMode: { ...text, ...computed },
      bootstrapClusterCreatorAdminPermissions: { ...flag, ...replaces, keepsWhenAbsent: true },
    },
  },
  arn: { ...text, ...output },
  bootstrapSelfManagedAddons: { ...flag, ...replaces, default: true },
  certificateAuthority: { type: 'object', ...output, fields: { data: { ...text, ...output } } },
  clusterId: { ...text, ...output },
  computeConfig: notServed,
  controlPlaneScalingConfig: notServed,
  createdAt: { ...text, ...output },
  defaultAddonsToRemoves: { type: 'list' },
  deletionProtection: { ...flag, ...computed },
  enabledClusterLogTypes: texts,
  encryptionConfig: {
    type: 'object',
    fields: {
      provider: { type: 'object', ...required, fields: { keyArn: { ...text, ...required, ...replaces } } },
      resources: { ...texts, ...required, ...replaces },
    },
  },
  endpoint: { ...text, ...output },
  forceUpdateVersion: flag,
  identities: {
    type: 'list',
    ...output,
    fields: { oidcs: { type: 'list', ...output, fields: { issuer: { ...text, ...output } } } },
  },
  kubeApiServerConfig: notServed,
  kubeControllerManagerConfig: notServed,
  kubeSchedulerConfig: notServed,
  kubernetesNetworkConfig: {
    type: 'object',
    ...computed,
    fields: {
      elasticLoadBalancing: {
        type: 'object',
        ...computed,
        fields: { enabled: { ...flag, ...computed } },
      },
      ipFamily: { ...text, ...computed, ...replaces },
      serviceIpv4Cidr: { ...text, ...computed, ...replaces },
      serviceIpv6Cidr: { ...text, ...output },
    },
  },
  name: { ...text, ...replaces, autoName: 100 },
  outpostConfig: notServed,
  platformVersion: { ...text, ...output },
  remoteNetworkConfig: notServed,
  roleArn: { ...text, ...required, ...replaces },
  status: { ...text, ...output },
  storageConfig: notServed,
  upgradePolicy: { type: 'object', ...computed, fields: { supportType: { ...text, ...computed } } },
  version: { ...text, ...computed },
  vpcConfig: {
    type: 'object',
    ...required,
    fields: {
      clusterSecurityGroupId: { ...text, ...output },
      controlPlaneEgressMode: { ...text, ...computed },
      endpointPrivateAccess: { ...flag, default: false },
      endpointPublicAccess: { ...flag, default: true },
      publicAccessCidrs: { ...texts, ...computed },
      securityGroupIds: texts,
      subnetIds: { ...texts, ...required },
      vpcId: { ...text, ...output },
    },
  },
  zonalShiftConfig: { type: 'object', fields: { enabled: flag } },
} as const
