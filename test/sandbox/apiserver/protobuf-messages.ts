type Fields = { [number: number]: Field }

/** A field of a protobuf message: its JSON name, what it holds, and whether it repeats. */
export type Field = [
  name: string,
  type: 'text' | 'bytes' | 'number' | 'flag' | Fields,
  shape?: 'list' | 'map',
]

// Field numbers as in the generated.proto files of k8s.io/api and k8s.io/apimachinery.
export const metadata: Fields = {
  1: ['name', 'text'],
  2: ['generateName', 'text'],
  3: ['namespace', 'text'],
  5: ['uid', 'text'],
  6: ['resourceVersion', 'text'],
  11: ['labels', 'text', 'map'],
  12: ['annotations', 'text', 'map'],
  14: ['finalizers', 'text', 'list'],
}

const rule: Fields = {
  1: ['verbs', 'text', 'list'],
  2: ['apiGroups', 'text', 'list'],
  3: ['resources', 'text', 'list'],
  4: ['resourceNames', 'text', 'list'],
  5: ['nonResourceURLs', 'text', 'list'],
}

const role: Fields = { 2: ['rules', rule, 'list'] }

const binding: Fields = {
  2: [
    'subjects',
    { 1: ['kind', 'text'], 2: ['apiGroup', 'text'], 3: ['name', 'text'], 4: ['namespace', 'text'] },
    'list',
  ],
  3: ['roleRef', { 1: ['apiGroup', 'text'], 2: ['kind', 'text'], 3: ['name', 'text'] }],
}

const resourceAttributes: Fields = {
  1: ['namespace', 'text'],
  2: ['verb', 'text'],
  3: ['group', 'text'],
  4: ['version', 'text'],
  5: ['resource', 'text'],
  6: ['subresource', 'text'],
  7: ['name', 'text'],
}

/** The messages that kubectl sends and that are small enough to be written down; the metadata is field 1 of each. */
export const messages: Record<string, Fields> = {
  Namespace: {},
  ServiceAccount: {},
  ConfigMap: { 2: ['data', 'text', 'map'], 3: ['binaryData', 'bytes', 'map'], 4: ['immutable', 'flag'] },
  Secret: { 2: ['data', 'bytes', 'map'], 3: ['type', 'text'], 4: ['stringData', 'text', 'map'] },
  Role: role,
  ClusterRole: role,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  SelfSubjectReview: {},
  SelfSubjectRulesReview: { 2: ['spec', { 1: ['namespace', 'text'] }] },
  SelfSubjectAccessReview: {
    2: [
      'spec',
      {
        1: ['resourceAttributes', resourceAttributes],
        2: ['nonResourceAttributes', { 1: ['path', 'text'], 2: ['verb', 'text'] }],
      },
    ],
  },
  DeleteOptions: {
    1: ['gracePeriodSeconds', 'number'],
    2: ['preconditions', { 1: ['uid', 'text'], 2: ['resourceVersion', 'text'] }],
    4: ['propagationPolicy', 'text'],
    5: ['dryRun', 'text', 'list'],
  },
}
