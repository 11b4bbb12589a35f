//go:build race

package estimate_test

// oracleStep is how many reference results there are to each that is checked.
const oracleStep = 25
