// The command twc turns survey extracts into a release of indicators.
//
//	twc run EXTRACTS --store DIR   publish a release
//	twc show INDICATOR --store DIR read one indicator
//	twc help                       everything else
//
// The exit status is 0, or 1 where data or definitions are refused, 2 where
// it was called wrongly, 3 where a release may not follow the last, 4 where
// another run is publishing, 5 where what is stored is damaged, 6 where a run was
// cut off and the next one finishes it, and 7 where the disk fails.
package main

import "os"

func main() {
	collect(100, 32<<20) // most commands are done before they hold as much
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
