import type { IFlattenedRuleSet, IRegularForbiddenRuleType } from 'dependency-cruiser'

type Forbidden = NonNullable<IFlattenedRuleSet['forbidden']>[number]
type From = IRegularForbiddenRuleType['from']
type To = IRegularForbiddenRuleType['to']

/** `comment` tells whoever breaks the rule what to do. */
const forbid = (name: string, comment: string, from: From, to: To): Forbidden => ({
  name,
  severity: 'error',
  comment,
  from,
  to,
})

const src = '^src/'
/** What is left when the types are stripped. */
const run: To = { dependencyTypesNot: ['type-only'] }
const core: To = { dependencyTypes: ['core'] }

/** Only `folder` may import a package. Types of it may be named anywhere. */
const door = (name: string, path: string, folder: string, why: string): Forbidden =>
  forbid(
    `${name}-has-one-door`,
    `${why} Ask through what that folder exports, or extend it.`,
    { path: src, pathNot: folder },
    { path: `node_modules/${path}/`, ...run },
  )

/** The arrows between the folders of src, and what each may stand on. */
export const forbidden: Forbidden[] = [
  // ---- the arrows, from the inside out
  forbid(
    'domain-imports-domain',
    'src/domain is what everybody meets at: it imports nothing but itself. Move the code that needs more out of it.',
    { path: '^src/domain/' },
    { path: src, pathNot: '^src/domain/' },
  ),
  forbid(
    'domain-stands-on-nothing',
    'src/domain needs no package, and nothing of Node but the names of its types.',
    { path: '^src/domain/' },
    { pathNot: src, ...run },
  ),
  forbid(
    'operators-are-pure',
    'What an operator does is told from its resource alone: no clock, no network, no package. Describe the effect and let wait.ts do it.',
    { path: '^src/operators/' },
    { pathNot: '^src/(operators|domain)/' },
  ),
  forbid(
    'operators-behind-one-table',
    'What is known of one operator is asked for through src/operators/index.ts (operatorOf, jobOperators): extend JobOperator instead of importing its folder.',
    // The status of a FlinkCluster names triggers in its operators' own words.
    { path: src, pathNot: '^src/(operators/|history/from-status[.]ts$)' },
    { path: '^src/operators/', pathNot: '^src/operators/((index|job-operator)[.]ts$|rest/)' },
  ),
  forbid(
    'operators-know-no-other',
    'A folder of src/operators knows one operator (rest: Flink itself). What two of them need belongs into src/domain or job-operator.ts.',
    { path: '^src/operators/([^/]+)/' },
    { path: '^src/operators/', pathNot: '^src/operators/($1/|rest/|job-operator[.]ts$)' },
  ),
  forbid(
    'history-and-plan-are-pure',
    'src/history and src/plan turn values into values. Read the source in a command or in a door, and pass the value in.',
    { path: '^src/(history|plan)/' },
    { pathNot: '^src/(history|plan|operators|domain)/' },
  ),
  forbid(
    'schedule-is-pure',
    'src/schedule turns a schedule and a moment into a moment. Pass in what else is needed.',
    { path: '^src/schedule/' },
    { path: src, pathNot: '^src/(schedule|domain)/' },
  ),
  forbid(
    'savepoint-is-pure',
    'src/savepoint reads bytes that a door of src/storage gives: pass them in as a ByteSource or as Places.',
    { path: '^src/savepoint/' },
    // node:buffer looks at bytes, as the global Buffer does.
    { pathNot: ['^src/(savepoint|domain)/', '^(node:)?buffer$'] },
  ),
  forbid(
    'prune-is-pure',
    'src/prune decides what may be deleted from values alone. Look at places and jobs in a command, and pass in what was seen.',
    { path: '^src/prune/' },
    { pathNot: '^src/(prune|history|domain)/' },
  ),
  forbid(
    'redaction-is-pure',
    'src/redaction takes secrets out of values and texts. Read them in a command, and pass them in.',
    { path: '^src/redaction/' },
    { pathNot: '^src/(redaction|domain)/' },
  ),
  forbid(
    'verify-is-pure',
    'src/verify compares a savepoint with a job as values. Read them in a command, and pass them in.',
    { path: '^src/verify/' },
    { pathNot: '^src/(verify|operators|domain)/' },
  ),
  forbid(
    'wait-knows-no-operator',
    'wait.ts drives every protocol: what only one operator does belongs into its protocol in src/operators.',
    { path: '^src/wait(/|[.]ts$)' },
    { pathNot: '^src/(wait|domain)(/|[.]ts$)' },
  ),
  forbid(
    'view-sees-domain',
    'A view prints what src/domain/printable.ts holds. Put the fact into that value instead of reading an operator, a resource or a door.',
    { path: '^src/view/' },
    { path: src, pathNot: '^src/(view|domain)/' },
  ),
  forbid(
    'kube-sees-domain',
    'src/kube is a door: it implements the ports of src/domain and knows nothing of commands.',
    { path: '^src/kube/' },
    { path: src, pathNot: '^src/(kube|domain)/' },
  ),
  forbid(
    'flink-sees-domain',
    'src/flink is a door: it implements the ports of src/domain and knows nothing of commands. The way to a JobManager comes as an argument.',
    { path: '^src/flink/' },
    { path: src, pathNot: '^src/(flink|domain)/' },
  ),
  forbid(
    'storage-sees-domain',
    'src/storage is a door: it implements the ports of src/domain and knows nothing of commands.',
    { path: '^src/storage/' },
    { path: src, pathNot: '^src/(storage|domain)/' },
  ),
  forbid(
    'commands-see-ports',
    'A command reaches the outside through the World of src/domain/ports.ts, which its caller passes in.',
    { path: '^src/commands/' },
    { path: '^src/(kube|flink|storage|view|main[.]ts|bin[.]ts)' },
  ),
  forbid(
    'cli-sees-commands',
    'src/cli turns argv into a command with options, and its end into an exit code. It reads and prints nothing itself.',
    { path: '^src/cli/' },
    { path: src, pathNot: '^src/(cli|commands|domain)/' },
  ),
  forbid(
    'nobody-imports-main-but-bin',
    'main.ts is the whole program, bin.ts the real world around it: nothing inside the program calls either.',
    { path: src, pathNot: '^src/bin[.]ts$' },
    { path: '^src/(main|bin)[.]ts$' },
  ),
  forbid(
    'doors-are-opened-by-bin',
    'Only bin.ts makes the real cluster and the real REST client; everybody else gets them as arguments.',
    { path: src, pathNot: '^src/(bin[.]ts|kube/|flink/|storage/)' },
    { path: '^src/(kube|flink|storage)/', ...run },
  ),

  // ---- Node's own modules and packages
  forbid(
    'no-node-core-in-the-middle',
    'Files, sockets and processes belong to the doors (src/kube, src/flink, src/storage) and to bin.ts. Take a value instead.',
    { path: '^src/(domain|operators|history|plan|savepoint|prune|redaction|commands|view|cli|wait|main)' },
    { ...core, ...run, pathNot: '^(node:)?(util|buffer|url)$' },
  ),
  door('yargs', 'yargs(-parser)?', '^src/cli/', 'Only src/cli knows how argv is parsed.'),
  door('client-node', '@kubernetes/client-node', '^src/kube/', 'Only src/kube speaks to the API server.'),
  door(
    'js-yaml',
    'js-yaml',
    '^src/(kube|storage|view)/',
    'YAML is read by src/kube and src/storage and written by src/view.',
  ),
  door('croner', 'croner', '^src/schedule/', 'Only src/schedule reads schedules.'),
  door('cli-table3', 'cli-table3', '^src/view/', 'Only src/view draws tables.'),
  door('log-update', 'log-update', '^src/view/', 'Only src/view draws on a terminal.'),
  door('jsonpath', 'jsonpath-plus', '^src/view/', 'Only src/view evaluates JSONPath.'),
  door('tar', 'tar', '^src/storage/', 'Only src/storage writes archives.'),
  door('node-fetch', 'node-fetch', '^src/(flink|storage)/', 'Only src/flink and src/storage fetch.'),
  door(
    'object-stores',
    '(@aws-sdk|@smithy|@azure|@google-cloud)',
    '^src/storage/[a-z0-9]+/library[.]ts$',
    'A library.ts of src/storage is loaded with import(), so that nobody waits for it at the start.',
  ),

  // ---- what the program may stand on
  forbid(
    'src-never-imports-tests-or-scripts',
    'The program does not know its tests or its build. Move what both need into src.',
    { path: src },
    { path: '^(test|scripts)/' },
  ),
  forbid(
    'src-imports-dependencies-only',
    'A package that src imports at run time stands under `dependencies` in package.json, with its exact version.',
    { path: src },
    {
      dependencyTypes: ['npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'undetermined'],
      dependencyTypesNot: ['type-only'],
    },
  ),
  forbid(
    'resolvable',
    'This import resolves to nothing: is the path right, and does it end in .ts?',
    {},
    {
      couldNotResolve: true,
    },
  ),
  forbid(
    'no-cycles',
    'These files need each other. Move what both use into a file of its own, or pass it in.',
    { path: '^(src|scripts|test)/' },
    { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  ),
  forbid(
    'no-orphans',
    'Nothing imports this file, and it imports nothing: use it or delete it.',
    { path: src, orphan: true },
    {},
  ),
  {
    name: 'reachable-from-bin',
    severity: 'error',
    comment: 'The program never comes to this file, starting at bin.ts: use it or delete it.',
    from: { path: '^src/bin[.]ts$' },
    to: { path: src, reachable: false },
  },
]
