// The program as it is, but with a bug in take.
import './broken-take.ts'
import '../../src/bin.ts'
