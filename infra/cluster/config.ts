import { Type, type Static } from 'typebox'

const strict = { additionalProperties: false } as const
const count = (description: string) => Type.Integer({ minimum: 0, maximum: 450, description })
const names = Type.Record(
  Type.String({ pattern: '^[^\\r\\n]{1,128}$' }),
  Type.String({ maxLength: 256, pattern: '^[^\\r\\n]*$' }),
  strict,
)

/** One managed node group. What it leaves out is EKS's choice. */
const nodeGroupSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$' }),
    instanceTypes: Type.Array(Type.String({ pattern: '^[a-z0-9-]+\\.[a-z0-9-]+$' }), { minItems: 1, maxItems: 20 }),
    min: count('Fewest nodes.'),
    max: Type.Integer({ minimum: 1, maximum: 450, description: 'Most nodes.' }),
    desired: count('Nodes to begin with. Afterwards the number is left to whoever scales the group.'),
    subnetIds: Type.Optional(Type.Array(Type.String({ pattern: '^subnet-[0-9a-f]+$' }), { minItems: 1 })),
    capacityType: Type.Optional(Type.Union([Type.Literal('ON_DEMAND'), Type.Literal('SPOT')])),
    amiType: Type.Optional(Type.String({ pattern: '^[A-Z0-9_a-z]+$' })),
    releaseVersion: Type.Optional(Type.String({ minLength: 1, description: 'Of the AMI. Default: the newest.' })),
    diskSize: Type.Optional(Type.Integer({ minimum: 8, maximum: 16_384, description: 'GiB.' })),
    labels: Type.Optional(names),
    launchTemplate: Type.Optional(
      Type.Object(
        { id: Type.String({ pattern: '^lt-[0-9a-f]+$' }), version: Type.String({ pattern: '^[0-9]+$' }) },
        { ...strict, description: 'Its security groups, if it names any, take the place of the one that EKS makes.' },
      ),
    ),
  },
  strict,
)

const accessSchema = Type.Object(
  {
    principal: Type.String({ pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$' }),
    policy: Type.Optional(
      Type.String({ pattern: '^AmazonEKS[A-Za-z]+$', description: 'An access policy of EKS, by name.' }),
    ),
    namespaces: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: 'Default: the whole cluster.' }),
    ),
    groups: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
  },
  strict,
)

const serviceAccountRoleSchema = Type.Object(
  {
    role: Type.String({ pattern: '^[\\w+=,.@-]{1,64}$', description: 'The name of a role that exists.' }),
    serviceAccounts: Type.Array(Type.String({ pattern: '^[a-z0-9-]{1,63}/(\\*|[a-z0-9.-]{1,253})$' }), {
      minItems: 1,
      uniqueItems: true,
      description: 'As namespace/name, or namespace/* for all of a namespace.',
    }),
  },
  strict,
)

const controllerSchema = Type.Union([
  Type.Boolean(),
  Type.Object({ chartVersion: Type.String({ pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$' }) }, strict),
])

/** Green as a cluster to be built: what an inventory says of it. */
export const clusterSchema = Type.Object(
  {
    cluster: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$' }),
    version: Type.String({ pattern: '^1\\.[0-9]{2}$', description: 'Of Kubernetes, e.g. "1.33".' }),
    network: Type.Object(
      {
        vpcId: Type.String({ pattern: '^vpc-[0-9a-f]+$' }),
        subnetIds: Type.Array(Type.String({ pattern: '^subnet-[0-9a-f]+$' }), {
          minItems: 2,
          uniqueItems: true,
          description: 'In two availability zones at least.',
        }),
      },
      { ...strict, description: "Blue's own: a load balancer has its targets in its VPC." },
    ),
    nodeGroups: Type.Array(nodeGroupSchema, { minItems: 1, maxItems: 10 }),
    loadBalancerController: Type.Optional(controllerSchema),
    access: Type.Optional(Type.Array(accessSchema, { maxItems: 50 })),
    serviceAccountRoles: Type.Optional(Type.Array(serviceAccountRoleSchema, { maxItems: 50 })),
    addons: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z0-9-]+$' }), Type.String({ pattern: '^v[0-9]+\\..+$' }), {
        ...strict,
        description: 'Add-on to version. vpc-cni, kube-proxy and coredns are always there.',
      }),
    ),
    endpointAccess: Type.Optional(
      Type.Object(
        {
          public: Type.Boolean(),
          private: Type.Boolean(),
          publicCidrs: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9.]+/[0-9]{1,2}$' }), { minItems: 1 })),
        },
        strict,
      ),
    ),
    tags: Type.Optional(names),
  },
  { ...strict, description: 'The cluster that is moved to, to be built.' },
)

export type ClusterConfig = Static<typeof clusterSchema>
export type NodeGroupConfig = ClusterConfig['nodeGroups'][number]
export type ServiceAccountRole = Static<typeof serviceAccountRoleSchema>

/** What a schema cannot say: a JSON pointer below green's, and what is wrong there. */
export function clusterFaults(config: ClusterConfig): { readonly pointer: string; readonly message: string }[] {
  const groups = config.nodeGroups.flatMap(({ min, max, desired }, index) =>
    min <= desired && desired <= max
      ? []
      : [{ pointer: `/nodeGroups/${index}/desired`, message: 'min, desired and max do not rise' }],
  )
  const access = (config.access ?? []).flatMap(({ policy, groups: named, namespaces }, index) => {
    const pointer = `/access/${index}`
    if (!policy && !named)
      return [{ pointer, message: 'says neither a policy nor groups, so it would admit to nothing' }]
    return namespaces && !policy ? [{ pointer: `${pointer}/namespaces`, message: 'namespaces are of a policy' }] : []
  })
  const { endpointAccess: ends } = config
  const closed = ends && !ends.public && !ends.private
  return [
    ...groups,
    ...access,
    ...repeated(
      config.nodeGroups.map(({ name }) => name),
      'nodeGroups',
      'name',
    ),
    ...repeated(
      (config.access ?? []).map(({ principal }) => principal),
      'access',
      'principal',
    ),
    ...repeated(
      (config.serviceAccountRoles ?? []).map(({ role }) => role),
      'serviceAccountRoles',
      'role',
    ),
    ...(closed ? [{ pointer: '/endpointAccess', message: 'neither public nor private: nobody could reach it' }] : []),
    ...(ends?.publicCidrs && !ends.public
      ? [{ pointer: '/endpointAccess/publicCidrs', message: 'the endpoint is not public' }]
      : []),
  ]
}

const repeated = (values: readonly string[], list: string, key: string) =>
  values.flatMap((value, index) =>
    values.indexOf(value) === index
      ? []
      : [{ pointer: `/${list}/${index}/${key}`, message: `${value} is there twice` }],
  )
