import {
  bundles,
  command,
  done,
  type Ends,
  forbidden,
  listed,
  nothing,
  quiet,
  type RightsCase,
  refused,
  unlisted,
  unreadable,
  verifying,
} from './rights-cases.ts'

const printed = 'flink(deployment|sessionjob)\\.flink\\.apache\\.org/\\w+'
const taken = new RegExp(`^${printed} savepoint completed: file:\\S+( \\(\\d+s\\))?\\n$`)
const restored = new RegExp(`^${printed} restored from file:\\S+\\n$`)
const stopped = new RegExp(`^${printed} stopped with savepoint: file:\\S+( \\(\\d+s\\))?\\n$`)
const resumed = new RegExp(`^${printed} resumed from file:\\S+\\n$`)
const safety = /^safety savepoint: file:\S+\n/m
const unrecorded =
  /^Warning: not recorded in configmap\/flinksp-flinkdeployment-\w+: Error from server \(Forbidden\)/m

const snapshots = 'flinkstatesnapshots'
const withoutSnapshots = unlisted('what FlinkStateSnapshots say', 'list', snapshots)
const goesOn = 'the savepoint of \\S+ was asked for, and may complete unseen'

/** Found out before anything is changed. */
const unwatched = (what: string): Ends => ({
  code: 1,
  stdout: nothing,
  stderr: new RegExp(
    `^error: cannot ${what} \\S+: the right to watch flinkdeployments\\.flink\\.apache\\.org in namespace \\S+ is missing, .*; nothing was changed$`,
    'm',
  ),
})

/** After a safety savepoint: a patch that is refused changes nothing. */
const unpatched = refused('patch', 'flinkdeployments', 'nothing was changed')

const reading = [
  ...command(
    'history flinkdeployment/orders',
    ['history'],
    [
      ['controllerrevisions', 'list flinkdeployments', 'watch flinkdeployments', `watch ${snapshots}`],
      done(listed),
    ],
    ['get flinkdeployments', refused('get', 'flinkdeployments')],
    [`list ${snapshots}`, done(listed, withoutSnapshots)],
    ['events', done(listed, unlisted('what Events say', 'list', 'events'))],
  ),
  ...command(
    'history',
    ['history'],
    [
      [
        'controllerrevisions',
        'events',
        'get flinkdeployments',
        'watch flinkdeployments',
        `watch ${snapshots}`,
      ],
      done(listed),
    ],
    ['list flinkdeployments', refused('list', 'flinkdeployments')],
    [`list ${snapshots}`, done(listed, withoutSnapshots)],
  ),
  ...command(
    'status flinkdeployment/orders',
    ['history'],
    [
      ['controllerrevisions', 'list flinkdeployments', 'watch flinkdeployments', `watch ${snapshots}`],
      done(/^Name: (?!.*(<forbidden>|Unknown:))/s),
    ],
    ['get flinkdeployments', refused('get', 'flinkdeployments')],
    ['events', done(/^Name: /, unlisted('what Events say', 'list', 'events'))],
    [
      `list ${snapshots}`,
      done(/^ +- what the snapshots of the job say is not known: Error from server \(Forbidden\)/m),
    ],
  ),
  ...command(
    'status',
    ['history'],
    [['controllerrevisions', 'events', 'get flinkdeployments', 'watch flinkdeployments'], done(/^NAME /)],
    ['list flinkdeployments', refused('list', 'flinkdeployments')],
  ),
]

const following = [
  ...command(
    'history --watch --timeout 1s',
    ['history'],
    [undefined, done(listed)],
    ['watch flinkdeployments', { ...refused('watch', 'flinkdeployments'), stdout: listed }],
  ),
  ...command(
    'history flinkdeployment/orders --scan',
    ['history', 'exec'],
    [undefined, done(listed, /^looked through /m)],
  ),
  ...command('history --record', ['history', 'history-record'], [undefined, done(listed)]),
  ...command(
    'auto flinkdeployment/orders',
    ['auto'],
    [
      ['patch flinkdeployments', 'watch flinkdeployments', 'configmaps', 'services/proxy'],
      done(/^Every: +off$/m),
    ],
    ['get flinkdeployments', refused('get', 'flinkdeployments')],
  ),
  ...command('__complete status ', ['history'], [undefined, done(/\borders\b/)]),
]

const bundling = [
  ...bundles('flinkdeployment/orders', 'flinkdeployments', [
    ['Deployment', 'deployments'],
    ['FlinkStateSnapshot', snapshots],
  ]),
  ...bundles('flinksessionjob/refunds', 'flinksessionjobs', []),
]

const others = /^Warning: other jobs are not looked at: Error from server \(Forbidden\): /m

const inside = [
  ...command(
    'inspect flinkdeployment/orders latest',
    ['history', 'exec'],
    [
      ['list flinkdeployments', 'watch flinkdeployments', 'controllerrevisions', 'events'],
      done(/^Job: +flinkdeployment\/orders\nLocation: +file:\S+\n(.*\n)+$/),
    ],
    ['get flinkdeployments', refused('get', 'flinkdeployments')],
    ['list pods', unreadable('list', 'pods')],
    ['get pods/exec', unreadable('get', 'pods/exec')],
  ),
  ...verifying('flinkdeployment/orders', 'list flinkdeployments'),
  // Granted in one namespace only: the jobs of all others are not to be seen.
  ...command(
    'prune flinkdeployment/orders --keep 9',
    ['prune', 'exec'],
    [undefined, { code: 1, stdout: nothing, stderr: /cannot list resource .* at the cluster scope/ }],
  ),
  ...command(
    'prune flinkdeployment/orders --keep 9 --assume-no-other-users',
    ['prune', 'exec'],
    [
      undefined,
      done(/^flinkdeployment\S+\/orders: no savepoint would be deleted\n\nKeep:\n(.*\n)+$/, others),
    ],
    ['get flinkdeployments', refused('get', 'flinkdeployments')],
  ),
]

const takes = [
  ...command(
    'take flinkdeployment/orders',
    ['take'],
    // What is for more than one job, or for a snapshot that nobody looks at, one job does not need.
    [['list flinkdeployments', 'patch flinkdeployments', `delete ${snapshots}`], done(taken, quiet)],
    ['get flinkdeployments', refused('get', 'flinkdeployments')],
    ['watch flinkdeployments', refused('watch', 'flinkdeployments', goesOn)],
    [`create ${snapshots}`, refused('create', snapshots)],
    [`watch ${snapshots}`, refused('watch', snapshots, goesOn)],
    ['configmaps', done(taken, unrecorded)],
    ['services/proxy', done(taken, quiet)],
  ),
  ...command(
    'take flinksessionjob/refunds',
    ['take'],
    [undefined, done(taken, quiet)],
    ['get flinksessionjobs', refused('get', 'flinksessionjobs')],
  ),
  ...command(
    'take flinkdeployment/orders --via nonce',
    ['take'],
    [undefined, done(taken, quiet)],
    ['patch flinkdeployments', refused('patch', 'flinkdeployments')],
    [`list ${snapshots}`, refused('list', snapshots, 'nothing was asked')],
  ),
  ...command(
    'take --all --yes -o name',
    ['take'],
    [
      undefined,
      done(/^(file:\S+\n){3}$/, /^flinkdeployment\/refunds-session is skipped: it is a session cluster\n$/),
    ],
    ['list flinkdeployments', refused('list', 'flinkdeployments')],
    [
      `create ${snapshots}`,
      {
        code: 1,
        stdout: nothing,
        stderr: new RegExp(`^flinkdeployment/orders: .*${forbidden('create', snapshots)}`, 'm'),
      },
    ],
  ),
]

const creating = ['restore', 'restore-create']

const restores = [
  ...command(
    'restore flinkdeployment/orders latest --yes',
    ['restore'],
    ['get flinkdeployments', refused('get', 'flinkdeployments')],
    ['patch flinkdeployments', unpatched],
    ['watch flinkdeployments', unwatched('restore')],
    [`create ${snapshots}`, refused('create', snapshots)],
    [`list ${snapshots}`, done(restored, withoutSnapshots)],
    ['configmaps', done(restored, unrecorded)],
    [undefined, done(restored, safety)],
  ),
  ...command(
    'restore flinkdeployment/orders latest --recreate --yes',
    creating,
    ['create flinkdeployments', refused('create', 'flinkdeployments')],
    ['delete flinkdeployments', refused('delete', 'flinkdeployments')],
    [undefined, done(restored, safety)],
  ),
]

const rest = [
  ...command(
    'auto flinkdeployment/payments --every 3h --yes',
    ['auto'],
    ['get flinkdeployments', refused('get', 'flinkdeployments')],
    ['patch flinkdeployments', unpatched],
    ['watch flinkdeployments', unwatched('change')],
    [undefined, done(/^Every: +3h$/m, quiet)],
  ),
  ...command(
    'stop flinkdeployment/payments --yes',
    ['take'],
    ['patch flinkdeployments', unpatched],
    ['watch flinkdeployments', unwatched('stop')],
    [undefined, done(stopped, quiet)],
  ),
  ...command(
    'resume flinkdeployment/payments --yes',
    ['restore'],
    ['patch flinkdeployments', unpatched],
    ['watch flinkdeployments', unwatched('resume')],
    [undefined, done(resumed, quiet)],
  ),
  ...command(
    'stop flinksessionjob/refunds --yes',
    ['take'],
    ['patch flinksessionjobs', refused('patch', 'flinksessionjobs', 'nothing was changed')],
    [undefined, done(stopped, quiet)],
  ),
  ...command('resume flinksessionjob/refunds --yes', ['restore'], [undefined, done(resumed, quiet)]),
]

/** In this order: each leaves the jobs to the next. */
export const apacheRightsCases: readonly RightsCase[] = [
  ...reading,
  ...following,
  ...bundling,
  ...inside,
  ...takes,
  ...restores,
  ...rest,
]
