export interface RightsCase {
  /** What is typed after `kubectl flinksp`. */
  readonly words: string
  /** ClusterRoles of docs/rbac.yaml without `flinksp-`. */
  readonly roles: readonly string[]
  /** The rights that are missing; none: exactly the documented ones. */
  readonly lacks?: string | readonly string[]
  readonly code: number
  readonly stdout: RegExp
  readonly stderr: RegExp
}

/** Jobs that the cases need. */
export const rightsJobs = ['orders', 'payments', 'refunds'] as const

/** How a command ends. */
export type Ends = Pick<RightsCase, 'code' | 'stdout' | 'stderr'>

/** As the API server says it. */
export const forbidden = (verb: string, resource: string) =>
  `${resource.split('/')[0]}(\\.\\S+)?( "[^"]+")? is forbidden: User "[\\w-]+" cannot ${verb} resource "${resource}"`

export const nothing = /^$/
export const quiet = /^(?!.*[Ww]arning)/s
const printed = 'flinkcluster\\.flinkoperator\\.k8s\\.io/\\w+'
const taken = new RegExp(`^${printed} savepoint completed: file:\\S+ \\(\\d+s\\)\\n$`)
const restored = new RegExp(`^${printed} restored from file:\\S+\\n$`)
const stopped = new RegExp(`^${printed} stopped with savepoint: file:\\S+ \\(\\d+s\\)\\n$`)
const resumed = new RegExp(`^${printed} resumed from file:\\S+\\n$`)
export const listed = /^ *(JOB *)?NAME .*LOCATION\n(.*\n)+$/
const sticky = /^Warning: spec\.job\.fromSavepoint of \S+ stays set/m
const unrecorded =
  /^Warning: not recorded in configmap\/flinksp-flinkcluster-\w+: Error from server \(Forbidden\)/m

export const done = (stdout: RegExp, stderr = nothing): Ends => ({ code: 0, stdout, stderr })

/** As kubectl says it, and what became of it. */
export const refused = (verb: string, resource = 'flinkclusters', ...then: string[]): Ends => ({
  code: 1,
  stdout: nothing,
  stderr: new RegExp(
    [`^Error from server \\(Forbidden\\): ${forbidden(verb, resource)}.*`, ...then].join('\\n'),
    'm',
  ),
})

/** Found out before anything is changed. */
const unwatched = (what: string): Ends => ({
  code: 1,
  stdout: nothing,
  stderr: new RegExp(
    `^error: cannot ${what} \\S+: the right to watch flinkclusters\\.flinkoperator\\.k8s\\.io in namespace \\S+ is missing, .*; nothing was changed$`,
    'm',
  ),
})

export const unlisted = (what: string, verb: string, resource: string) =>
  new RegExp(
    `^(Warning: )?${what} (is|are) not in this list: Error from server \\(Forbidden\\): ${forbidden(verb, resource)}`,
    'm',
  )

/** In the pod where the savepoint lies. */
export const unreadable = (verb: string, resource: string): Ends => ({
  code: 1,
  stdout: nothing,
  stderr: new RegExp(
    `^error: cannot read \\S+ in the job's pod: Error from server \\(Forbidden\\): ${forbidden(verb, resource)}`,
    'm',
  ),
})

const setTo = (every: string) => new RegExp(`^Every: +${every}$`, 'm')

type Row = readonly [lacks: RightsCase['lacks'], ends: Ends]

/** One command, with the documented rights and with less. */
export function command(words: string, roles: readonly string[], ...rows: readonly Row[]): RightsCase[] {
  return rows.map(([lacks, ends]) => ({ words, roles, ...(lacks !== undefined && { lacks }), ...ends }))
}

const none = undefined
/** What is needed for one job in full, but not for many at a glance. */
const detail = ['controllerrevisions', 'events', 'get flinkclusters', 'watch flinkclusters']
/** And the other way round. */
const many = ['list flinkclusters', 'watch flinkclusters']

const takes = [
  ...command(
    'take flinkcluster/orders',
    ['take'],
    [none, done(taken, quiet)],
    ['get flinkclusters', refused('get')],
    ['patch flinkclusters', refused('patch')],
    ['watch flinkclusters', refused('watch', 'flinkclusters', 'the savepoint of .* was asked for, and may')],
    ['configmaps', done(taken, unrecorded)],
    ['services/proxy', done(taken, quiet)],
  ),
  ...command(
    'take flinkcluster/orders --via rest',
    ['take'],
    [none, done(taken, quiet)],
    [
      'create services/proxy',
      { code: 1, stdout: nothing, stderr: /^error: .*cannot create resource "services\/proxy"/m },
    ],
    ['configmaps', done(taken, unrecorded)],
  ),
  ...command(
    'take --all --yes -o name',
    ['take'],
    [none, done(/^(file:\S+\n){3}$/)],
    ['list flinkclusters', refused('list')],
    ['watch flinkclusters', refused('watch')],
  ),
]

/** At the Tab key: what may not be read is not offered, and nothing is said of it. */
const completions = [
  ...command(
    '__complete status ',
    ['history'],
    [detail, done(/^orders\b.*\npayments\b/m)],
    ['list flinkclusters', done(/^:4\n$/)],
  ),
  ...command(
    '__complete restore flinkcluster/orders ',
    ['restore'],
    [none, done(/^latest\b/)],
    ['get flinkclusters', done(/^(?!.*savepoint-)/s)],
  ),
]

const record = ['history', 'history-record']
const unkept: Ends = { code: 1, stdout: listed, stderr: unrecorded }

const histories = [
  // The record of payments lacks a savepoint, refunds has none.
  ...command('history payments --record', record, ['update configmaps', unkept], [none, done(listed)]),
  ...command('history refunds --record', record, ['create configmaps', unkept], [none, done(listed)]),
  ...command(
    'history flinkcluster/orders',
    ['history'],
    [many, done(listed)],
    ['get flinkclusters', refused('get')],
    ['configmaps', done(listed, unlisted('the record', 'get', 'configmaps'))],
    ['services/proxy', done(listed, /Flink|REST/)],
    [
      'controllerrevisions',
      done(listed, unlisted('what ControllerRevisions say', 'list', 'controllerrevisions')),
    ],
    ['events', done(listed, unlisted('what Events say', 'list', 'events'))],
  ),
  ...command(
    'history',
    ['history'],
    [[...detail, 'services/proxy'], done(listed)],
    ['list flinkclusters', refused('list')],
    ['list configmaps', done(listed, unlisted('the records', 'list', 'configmaps'))],
  ),
  ...command(
    'history flinkcluster/orders --scan',
    ['history', 'exec'],
    [none, done(listed, /^looked through /m)],
    ['list pods', done(listed, new RegExp(`^Warning: .*${forbidden('list', 'pods')}`, 'm'))],
    ['get pods/exec', done(listed, new RegExp(`^Warning: .*${forbidden('get', 'pods/exec')}`, 'm'))],
  ),
  ...command(
    'history --watch --timeout 1s',
    ['history'],
    [none, done(listed)],
    ['watch flinkclusters', { ...refused('watch'), stdout: listed }],
  ),
]

const statuses = [
  ...command(
    'status flinkcluster/orders',
    ['history'],
    [['controllerrevisions', 'events', ...many], done(/^Name: (?!.*<forbidden>)/s)],
    ['get flinkclusters', refused('get')],
    [
      'configmaps',
      done(/^ +- what the record of the job says is not known: Error from server \(Forbidden\)/m),
    ],
    ['services/proxy', done(/^Checkpoint: +<forbidden>$/m)],
  ),
  ...command(
    'status',
    ['history'],
    [detail, done(/^NAME (?!.*<forbidden>)/s)],
    ['list flinkclusters', refused('list')],
    ['services/proxy', done(/^orders .* <forbidden> /m)],
  ),
  ...command(
    'status --watch',
    ['history'],
    ['watch flinkclusters', { ...refused('watch'), stdout: /^NAME .*\norders / }],
  ),
]

const creating = ['restore', 'restore-create']

const restores = [
  ...command(
    'restore flinkcluster/orders latest --yes',
    ['restore'],
    // First: what status has is not yet merely what the job was started from.
    ['configmaps', done(restored, unrecorded)],
    [none, done(restored, sticky)],
    ['get flinkclusters', refused('get')],
    ['patch flinkclusters', refused('patch')],
    ['watch flinkclusters', unwatched('restore')],
    ['services/proxy', done(restored, /Flink|REST/)],
  ),
  ...command(
    'restore flinkcluster/orders --undo --yes',
    ['restore'],
    ['configmaps', { code: 1, stdout: nothing, stderr: /^error: no restore of .* is recorded/m }],
    ['patch flinkclusters', refused('patch')],
    [none, done(restored, sticky)],
  ),
  ...command(
    'restore flinkcluster/orders latest --to-new copy --yes',
    creating,
    ['create flinkclusters', refused('create', 'flinkclusters', 'nothing was changed')],
    [['delete flinkclusters', 'patch flinkclusters', 'pods'], done(restored, sticky)],
  ),
  ...command(
    'restore flinkcluster/orders latest --recreate --yes',
    creating,
    ['create flinkclusters', refused('create')],
    ['delete flinkclusters', refused('delete')],
    ['watch flinkclusters', unwatched('restore')],
    [none, done(restored, sticky)],
  ),
]

const autos = [
  ...command(
    'auto flinkcluster/payments',
    ['auto'],
    ['get flinkclusters', refused('get')],
    [['patch flinkclusters', 'watch flinkclusters', 'configmaps', 'services/proxy'], done(setTo('off'))],
  ),
  ...command(
    'auto flinkcluster/payments --every 3h --yes',
    ['auto'],
    ['patch flinkclusters', refused('patch', 'flinkclusters', 'nothing was changed')],
    ['watch flinkclusters', unwatched('change')],
    [none, done(setTo('3h'), quiet)],
  ),
  ...command(
    'auto flinkcluster/payments --every 4h --yes',
    ['auto'],
    ['configmaps', done(setTo('4h'), unrecorded)],
  ),
  ...command(
    'auto flinkcluster/payments --every 5h --yes',
    ['auto'],
    ['services/proxy', done(setTo('5h'), quiet)],
  ),
  ...command(
    'auto flinkcluster/payments',
    ['auto'],
    ['services/proxy', done(setTo('5h'), /is missing: .* is forbidden/)],
  ),
]

const resuming = ['restore', 'status']

const stops = [
  ...command(
    'stop flinkcluster/payments --yes',
    ['take'],
    ['get flinkclusters', refused('get')],
    ['patch flinkclusters', refused('patch', 'flinkclusters', 'nothing was changed')],
    ['watch flinkclusters', unwatched('stop')],
    ['configmaps', done(stopped, unrecorded)],
  ),
  ...command(
    'resume flinkcluster/payments --yes',
    resuming,
    ['get flinkclusters', refused('get')],
    ['watch flinkclusters', unwatched('resume')],
    ['patch flinkclusters/status', refused('patch', 'flinkclusters/status', 'nothing was changed')],
    ['patch flinkclusters', refused('patch', 'flinkclusters', 'changed: status\\.control was cleared')],
    ['configmaps', done(resumed, unrecorded)],
  ),
  ...command('stop flinkcluster/payments --yes', ['take'], [none, done(stopped, quiet)]),
  ...command('resume flinkcluster/payments --yes', resuming, [none, done(resumed, sticky)]),
  ...command('stop flinkcluster/refunds --yes', ['take'], ['services/proxy', done(stopped, quiet)]),
  ...command(
    'resume flinkcluster/refunds --recreate --yes',
    creating,
    ['create flinkclusters', refused('create')],
    ['delete flinkclusters', refused('delete')],
    [none, done(resumed, sticky)],
  ),
]

const inspections = command(
  'inspect flinkcluster/orders latest',
  ['history', 'exec'],
  [
    [...many, 'controllerrevisions', 'events'],
    done(/^Job: +flinkcluster\/orders\nLocation: +file:\S+\n(.*\n)+$/),
  ],
  ['get flinkclusters', refused('get')],
  ['list pods', unreadable('list', 'pods')],
  ['get pods/exec', unreadable('get', 'pods/exec')],
  // kube-apiserver 1.36 does not say which right it misses; the hint does.
  [
    'create pods/exec',
    {
      code: 1,
      stdout: nothing,
      stderr:
        /^error: cannot read \S+ in the job's pod: Error from server \(Forbidden\): pods "\S+" is forbidden: \n.*get and create pods\/exec/,
    },
  ],
)

const unknown = (why: string): Ends => ({
  code: 1,
  stdout: /^Unknown$/,
  stderr: new RegExp(`^error: it is not known whether \\S+ would start from file:\\S+: .*${why}`, 'm'),
})

/** What a savepoint would need that one may not read is not told, and never taken for a yes. */
export const verifying = (job: string, list: string): RightsCase[] =>
  command(
    `verify ${job} latest -o jsonpath={.result}`,
    ['history', 'exec'],
    [[list, 'controllerrevisions', 'events'], done(/^Fits$/)],
    ['list pods', unknown(forbidden('list', 'pods'))],
    ['get pods/exec', unknown(forbidden('get', 'pods/exec'))],
    ['services/proxy', unknown('')],
  )

const pruned = /^flinkcluster\S+\/orders: no savepoint would be deleted\n\nKeep:\n(.*\n)+$/
const unseen = /^Warning: other jobs are not looked at: Error from server \(Forbidden\): /m

/** Granted in one namespace only: the jobs of all others are not to be seen. */
const prunes = [
  ...command('prune flinkcluster/orders --keep 9', ['prune', 'exec'], [none, refused('list')]),
  ...command(
    'prune flinkcluster/orders --keep 9 --assume-no-other-users',
    ['prune', 'exec'],
    [none, done(pruned, unseen)],
    ['get flinkclusters', refused('get')],
    ['services/proxy', done(pruned, unseen)],
    [
      'controllerrevisions',
      done(pruned, unlisted('what ControllerRevisions say', 'list', 'controllerrevisions')),
    ],
  ),
]

const bundled = /^flink\w+\.\S+\/\w+ bundled: \S+\.tar\.gz \(\d+ files, \S+\)\n$/

/** What is left out of the archive for want of a right. */
const leftOut = (what: string, verb: string, resource: string) =>
  done(
    bundled,
    new RegExp(`^not in it: ${what}.*: Error from server \\(Forbidden\\): ${forbidden(verb, resource)}`, 'm'),
  )

/** Of one kind of job: its plural, and what its operator makes that is not of all kinds. */
export function bundles(
  job: string,
  plural: string,
  made: readonly (readonly [string, string])[],
): RightsCase[] {
  const roles = ['bundle', 'bundle-operator']
  const words = `bundle ${job} --overwrite -f bundle.tar.gz --operator-namespace default`
  return command(
    words,
    roles,
    [none, done(bundled, /^(?!.*^not in it: )/ms)],
    [`get ${plural}`, refused('get', plural)],
    ['configmaps', leftOut('the record', 'get', 'configmaps')],
    ['events', leftOut('Events', 'list', 'events')],
    ['list pods', leftOut('Pods', 'list', 'pods')],
    ['services/proxy', done(bundled, /^not in it: Flink's REST API: .*orbidden/m)],
    ['pods/log', leftOut('what operator-1', 'get', 'pods/log')],
    ...made.map(([kind, resource]) => [resource, leftOut(`${kind}s`, 'list', resource)] as const),
  )
}

/** In this order: each leaves the jobs to the next. */
export const rightsCases: readonly RightsCase[] = [
  ...histories,
  ...completions,
  ...inspections,
  ...verifying('flinkcluster/orders', 'list flinkclusters'),
  ...prunes,
  ...bundles('flinkcluster/orders', 'flinkclusters', [
    ['ControllerRevision', 'controllerrevisions'],
    ['Deployment', 'deployments'],
    ['StatefulSet', 'statefulsets'],
    ['Job', 'jobs'],
  ]),
  ...takes,
  ...statuses,
  ...restores,
  ...autos,
  ...stops,
]
