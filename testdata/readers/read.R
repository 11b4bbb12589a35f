# Reads CSVs as the README of a pull says, with base R and with data.table, and prints what each
# has: a line for the columns, with num or chr, and a line a row, a tab between cells, nothing for null.
show <- function(d) {
  d <- as.data.frame(d)
  numeric <- vapply(d, is.numeric, TRUE)
  empty <- vapply(d, function(x) all(is.na(x)), TRUE)
  cat(paste(names(d), ifelse(empty, "nul", ifelse(numeric, "num", ifelse(vapply(d, is.character, TRUE), "chr", "other"))), sep = ":", collapse = "\t"), "\n", sep = "")
  cells <- lapply(d, function(x) ifelse(is.na(x), "", if (is.numeric(x)) format(x, digits = 15, trim = TRUE, scientific = FALSE, drop0trailing = TRUE) else as.character(x)))
  for (n in names(d)[numeric & !empty]) cells[[n]] <- ifelse(is.na(d[[n]]), "", vapply(d[[n]], function(v) format(v, digits = 15, scientific = FALSE), ""))
  cat(do.call(paste, c(unname(cells), sep = "\t")), sep = "\n")
}
for (path in commandArgs(TRUE)) {
  show(read.csv(path, na.strings = "", encoding = "UTF-8"))
  cat("--\n")
  show(data.table::fread(path, na.strings = "", keepLeadingZeros = TRUE, encoding = "UTF-8"))
  cat("==\n")
}
