import type { Kind, PrinterColumn } from './kind.ts'

type Row = [kind: string, plural: string, options?: Partial<Kind>]

const cluster = { namespaced: false }
const withStatus = { statusSubresource: true }
const virtual = { namespaced: false, virtual: true }
const connect = (name: string, kind: string) => ({ name, kind, verbs: ['create', 'get'] })
const proxyVerbs = ['create', 'delete', 'get', 'patch', 'update']

const column = (name: string, jsonPath: string, type = 'string'): PrinterColumn => ({ name, jsonPath, type })
const age = column('Age', '.metadata.creationTimestamp', 'date')

const core: Row[] = [
  [
    'Namespace',
    'namespaces',
    { ...cluster, ...withStatus, shortNames: ['ns'], columns: [column('Status', '.status.phase'), age] },
  ],
  ['Node', 'nodes', { ...cluster, ...withStatus, shortNames: ['no'] }],
  [
    'Pod',
    'pods',
    {
      ...withStatus,
      shortNames: ['po'],
      categories: ['all'],
      columns: [column('Status', '.status.phase'), column('IP', '.status.podIP'), age],
      subresources: [
        { name: 'log', kind: 'Pod', verbs: ['get'] },
        connect('portforward', 'PodPortForwardOptions'),
        { name: 'proxy', kind: 'PodProxyOptions', verbs: proxyVerbs },
      ],
    },
  ],
  [
    'Service',
    'services',
    {
      ...withStatus,
      shortNames: ['svc'],
      categories: ['all'],
      columns: [column('Type', '.spec.type'), column('Cluster-IP', '.spec.clusterIP'), age],
      subresources: [{ name: 'proxy', kind: 'ServiceProxyOptions', verbs: proxyVerbs }],
    },
  ],
  [
    'Endpoints',
    'endpoints',
    {
      shortNames: ['ep'],
      singular: 'endpoints',
      deprecationWarning: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    },
  ],
  ['ConfigMap', 'configmaps', { shortNames: ['cm'] }],
  ['Secret', 'secrets'],
  [
    'Event',
    'events',
    {
      shortNames: ['ev'],
      columns: [
        column('Last Seen', '.lastTimestamp', 'date'),
        column('Type', '.type'),
        column('Reason', '.reason'),
        column('Object', '.involvedObject.name'),
        column('Message', '.message'),
      ],
    },
  ],
  ['ServiceAccount', 'serviceaccounts', { shortNames: ['sa'] }],
]

const groups: { group: string; version: string; rows: Row[] }[] = [
  { group: '', version: 'v1', rows: core },
  {
    group: 'apps',
    version: 'v1',
    rows: [
      [
        'ControllerRevision',
        'controllerrevisions',
        { columns: [column('Revision', '.revision', 'integer'), age] },
      ],
      ['Deployment', 'deployments', { ...withStatus, shortNames: ['deploy'], categories: ['all'] }],
      ['StatefulSet', 'statefulsets', { ...withStatus, shortNames: ['sts'], categories: ['all'] }],
    ],
  },
  { group: 'batch', version: 'v1', rows: [['Job', 'jobs', { ...withStatus, categories: ['all'] }]] },
  { group: 'coordination.k8s.io', version: 'v1', rows: [['Lease', 'leases']] },
  {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    rows: [
      ['ClusterRole', 'clusterroles', cluster],
      ['ClusterRoleBinding', 'clusterrolebindings', cluster],
      ['Role', 'roles'],
      ['RoleBinding', 'rolebindings'],
    ],
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    rows: [
      ['SelfSubjectAccessReview', 'selfsubjectaccessreviews', virtual],
      ['SelfSubjectRulesReview', 'selfsubjectrulesreviews', virtual],
    ],
  },
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    rows: [['SelfSubjectReview', 'selfsubjectreviews', virtual]],
  },
  {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    rows: [
      ['MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', cluster],
      ['ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', cluster],
    ],
  },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    rows: [
      [
        'CustomResourceDefinition',
        'customresourcedefinitions',
        {
          ...cluster,
          ...withStatus,
          shortNames: ['crd', 'crds'],
          columns: [column('Created At', '.metadata.creationTimestamp')],
        },
      ],
    ],
  },
]

/** The kinds served from the start. None has a controller behind it except garbage collection. */
export const builtinKinds: readonly Kind[] = groups.flatMap(({ group, version, rows }) =>
  rows.map(([kind, plural, options]) => ({
    group,
    version,
    kind,
    plural,
    listKind: `${kind}List`,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    statusSubresource: false,
    subresources: [],
    virtual: false,
    custom: false,
    ...options,
  })),
)
