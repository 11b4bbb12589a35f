# Runs the script of a table in the folder of its data, and writes the numbers of what it
# made: the part, its row, the column and the number.
#   Rscript collect.R SCRIPT.R NUMBERS.csv
arguments <- commandArgs(TRUE)
out <- file(arguments[2], "w")
suppressWarnings(suppressMessages(source(arguments[1], local = made <- new.env(parent = globalenv()))))
writeLines("part,row,column,value", out)
for (part in c("figures", "contrasts", "cells", "tests", "coefficients")) {
  table <- made[[part]]
  for (row in seq_len(NROW(table))) for (column in names(table)) {
    value <- table[[column]][row]
    if (is.numeric(value) && !is.na(value)) writeLines(paste(part, row, column, sprintf("%.15g", value), sep = ","), out)
  }
}
close(out)
