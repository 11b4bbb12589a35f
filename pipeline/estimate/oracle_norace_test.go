//go:build !race

package estimate

// oracleStep is how many reference results there are to each that is checked.
const oracleStep = 1
