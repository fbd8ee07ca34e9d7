/** What of start-up costs how much, and what was tried: measured by hand when it was done, and told beside the figures. */
export const startUpCosts = `### What it costs, and what was tried

Milliseconds of processor time (user and system, of all threads), of whole processes run in turn; lower quartiles of 20 to 30 runs on a busy
machine with two cores, where \`kubectl get\` took 50: differences below 2 say little. In all, \`history\` came from 109 to 76.

A single executable that does nothing takes 21. Loading node:crypto adds 4, and node:https with it and node:tls 12; one GET over TLS 14
more, and each further one on the same connection 0.7: a program of Node's own client alone that asks what \`history\` asks takes 48. Half of
that loading is V8 compiling functions of Node's own modules, which its built-in code cache does not hold.

Where the time of one \`history\` goes, by a clock (medians of 21 runs, of 71 ms in all; \`kubectl get\` took 48):

| what | ms |
|---|---:|
| Node, up to the program's first line | 15.6 |
| V8 reads the program's text and compiled code | 4.0 |
| modules; stdout is opened | 3.9 |
| command line (yargs' parser) | 1.5 |
| modules for the API server; kubeconfig (js-yaml) | 4.0 |
| node:crypto; node:https and node:tls | 8.9 |
| the first request: TLS with the cluster's certificates | 5.9 |
| connection and handshake, tables and fetch being loaded meanwhile | 4.4 |
| the job's answer | 5.1 |
| record, ControllerRevisions, Events, one after the other | 9.7 |
| Flink through the service proxy, by node-fetch; merging | 6.5 |
| table, end | 1.9 |

Node and the packages that this program was asked to be made of come to the bar alone (\`floor-packages\` above); what is ours is the difference between its
row and that of \`history\`.

| idea | of | before | after | kept? |
|---|---|---:|---:|---|
| one connection: a second request waits for the first one's, where the server is near (src/kube/turn.ts) | history | 98 | 89 | yes; with the next |
| stdin is not opened to ask whether it is a terminal; nothing loads perf_hooks | version | 40 | 36 | yes |
| certificates and tokens are set aside before js-yaml, whose loop over each character V8 began to optimize (21 ms on a second thread) | history | 98 | 92 | yes; with the next |
| discovery and other caches are read without promises, which start four threads | history | | | yes |
| compiled code carried for each kind of command (scripts/build/rehearsals.ts), not one for all: 0.8 to 1.1 MB are read instead of 1.1 | --help | 42 | 38 | yes |
| | history | 92 | 90 | |
| paths of a savepoint are hashed only from the 2,000th on: V8 optimized the hash three times | inspect, 98 KiB | 49 | 45 | yes |
| fetch, tables and Flink's answers are loaded while the server shakes hands | history | | | yes: wall time alone |
| node-fetch replaced by Node's own client (60 lines) | history | 81 | 80 | no: what it costs is below what can be measured |
| cli-table3 replaced by padding (10 lines) | history | 81 | 77 | no: the shortest runs are alike (71 and 73) |
| the program split in two: what \`history\`, \`inspect\` and \`version\` run, and the rest (scripts/build/rest.ts): V8 reads 0.67 MB of text and 0.8 MB of compiled code at a start, not 1.6 and 1.1 | version | 40 | 32 | yes |
| | history | 84 | 76 | |
| bundle split by what each command reaches (200 chunks, esbuild's splitting) | version | 31 | 25 | no: |
| | history | 77 | 80 | names of other chunks are getters, 70 of which are loaded |
| V8 start-up snapshot (useSnapshot), empty | nothing | 20 | 25 | no: 7 MB are read at each start, and node:http, node:https and node:tls cannot be in one (Node 26.10: "Unknown external reference"), which are most of it |
| \`--min-semi-space-size=8\` for the executable: V8 begins with 1 MB for short-lived objects, and collects them three times during a start (4, 1 and 2 ms) | history | 93 | 87 | yes: the peak is the same (68 MB), and that of \`take --all\` grows less with the jobs; 4 and 16 MB gave less |
| a row of waiting requests of which only the first looks at the connection, not all | history | 88 | 89 | no |
| \`--use-openssl-ca\`: Node parses its 140 root certificates on a second thread once node:tls is loaded | floor.cjs | 51 | 52 | no: that thread warms up what ours needs; 5 more of wall time |
| \`--hash-seed\`, \`--no-rehash-snapshot\` | floor.cjs | 51 | 59–61 | no: other flags, see below |
| a request id without node:crypto, which is loaded for it | history | 106 | 109 | no |
| \`--v8-pool-size=0\`, \`--single-threaded-gc\` | history | 85 | 84–89 | no: nothing gained |
| \`--no-opt\`, \`--max-lazy\`, \`--no-flush-bytecode\`, \`--single-threaded\` | | | | no: V8 refuses compiled code of other flags, Node's own too |
| node:http2 for one connection | loading it | 41 | 42 | no: proxies and exec need HTTP/1.1 beside it, and one connection is enough |
| TLS sessions kept on disk | | | | no: keys of sessions do not belong into files |
| the process ends as soon as what was printed has left | | | | was so already |
`
