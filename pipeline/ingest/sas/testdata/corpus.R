# Makes the files of ../../xpt/testdata/haven and ../../sas7bdat/testdata/haven, and, for
# every SAS file below those two testdata folders, what haven reads in it (.expected). Or,
# with arguments, only what haven reads in those files, beside each. Run it in this
# folder with R 4.2, haven 2.5.1 (ReadStat 1.1.8 or near):  Rscript corpus.R [FILE...]
suppressMessages(library(haven))
options(digits = 17)

mixed <- function() {
  d <- data.frame(id = as.double(1:6))
  d$answer <- c(1, 2, -9, tagged_na("A"), tagged_na("Z"), NA)
  d$number <- c(0.1, -1e60, 1e-60, 123456789.125, NA, 1 / 3)
  d$day <- as.Date(c("1960-01-01", "2026-11-21", NA, "1900-03-01", "2000-02-29", "1959-12-31"))
  d$moment <- as.POSIXct(c(0, 1e9, NA, -1e9, 1.5, 86400), origin = "1970-01-01", tz = "UTC")
  d$time <- hms::hms(c(0, 1, NA, 86399, 0.5, 3600))
  d$text <- c("", "plain", "trailing   ", "  leading", "caf\u00e9", "tab\there")
  d$empty <- NA_real_
  d$blank <- ""
  d$group <- factor(c("b", "a", "b", NA, "a", "b"), levels = c("b", "a"))
  attr(d$id, "label") <- "Serial \u00a3 number"
  attr(d$number, "format.sas") <- "12.4"
  attr(d$text, "format.sas") <- "$CHAR20"
  d
}
cases <- list(
  mixed = mixed,
  tags = function() data.frame(tagged = c(NA, tagged_na(c(LETTERS)), 1), reversed = rev(c(NA, tagged_na(LETTERS), 1))),
  norows = function() mixed()[0, ],
  extremes = function() data.frame(x = c(5.4e-79, -5.4e-79, 1e74, -1e74, 0, -0, 2^53, 2^53 - 1, 1 / 3, 0.1 + 0.2, 16, 1 / 16, 15.999999999999998, pi * 1e30)),
  strings = function() {
    widths <- c(1, 7, 8, 9, 80, 199, 200, 201, 1000)
    as.data.frame(setNames(lapply(widths, function(w) c(strrep("w", w), "", "\u00e9"[w > 1], "e"[w == 1])), sprintf("s%d", widths)))
  },
  names = function() as.data.frame(setNames(as.list(as.double(1:6)), c("aa", "_bb", "C1", "Mixed8ch", "abc", "ABC")), optional = TRUE, check.names = FALSE),
  many = function() as.data.frame(setNames(lapply(1:120, function(i) if (i %% 3) i * (1:3) else sprintf("t%d", i * (1:3))), sprintf("v%d", 1:120))),
  one = function() data.frame(only = "x"),
  cell = function() data.frame(only = 1),
  rows = function() data.frame(id = as.double(1:700), eighth = (1:700) / 8, group = rep(c("a", "bb", "", "dddd"), 175)),
  blanks = function() data.frame(a = c("a", "", "b"), b = c("", "", "c")),
  numeric_blank = function() data.frame(a = c("a", "", ""), b = c(1, NA, NA))
)
long <- function() {
  d <- data.frame(first = 1:2 / 2, second = c("a", "b"))
  names(d) <- c("a_name_of_more_than_eight_letters", "another_name")
  names(d)[1] <- substr(names(d)[1], 1, 32)
  attr(d[[1]], "label") <- strrep("A label of more than forty letters. ", 6)
  attr(d[[2]], "label") <- "Short \u20ac"
  d
}
stamped <- function(file) { # the time of writing is the only part that differs by the day
  b <- readBin(file, "raw", file.size(file))
  for (at in gregexpr("[0-9]{2}[A-Z]{3}[0-9]{2}:[0-9]{2}:[0-9]{2}:[0-9]{2}", rawToChar(replace(b, b == 0 | b > 127, as.raw(32))), useBytes = TRUE)[[1]])
    if (at > 0) b[at + 0:15] <- charToRaw("01JAN24:00:00:00")
  writeBin(b, file)
}
quoted <- function(s) {
  s <- gsub("\\", "\\\\", enc2utf8(as.character(if (is.null(s)) "" else s)), fixed = TRUE)
  paste0("\"", gsub("\t", "\\t", gsub("\"", "\\\"", s, fixed = TRUE), fixed = TRUE), "\"")
}
number <- function(x) {
  tag <- na_tag(x)
  ifelse(!is.na(tag), paste0(".", tag), ifelse(is.na(x), ".", sprintf("%.17g", x)))
}
expected <- function(file, catalogue = NULL) {
  d <- if (endsWith(file, "xpt")) read_xpt(file, .name_repair = "minimal") else read_sas(file, catalogue, .name_repair = "minimal")
  lines <- c(paste("rows", nrow(d)), paste("label", quoted(attr(d, "label", exact = TRUE))))
  for (i in seq_along(d)) {
    x <- d[[i]]
    labels <- attr(x, "labels")
    lines <- c(lines, paste("variable", quoted(names(d)[i]), quoted(attr(x, "format.sas")), quoted(attr(x, "label", exact = TRUE))))
    if (length(labels)) lines <- c(lines, paste("category", if (is.character(labels)) quoted(unname(unclass(labels))) else quoted(number(as.double(unname(unclass(labels))))), quoted(names(labels))))
    if (inherits(x, "Date")) x <- as.numeric(x) + 3653
    if (inherits(x, "POSIXct")) x <- as.numeric(x) + 315619200
    x <- unclass(x)
    attributes(x) <- NULL
    cells <- if (!length(x)) NULL else if (is.character(x)) quoted(x) else number(as.double(x))
    lines <- c(lines, paste(c(if (is.character(x)) "text" else "numbers", cells), collapse = "\t"))
  }
  writeLines(lines, paste0(sub("[.][a-z0-9]*$", "", file), ".expected"), useBytes = TRUE)
}

arguments <- commandArgs(TRUE)
if (length(arguments)) {
  for (file in arguments) tryCatch(expected(file), error = function(e) message(file, ": ", conditionMessage(e)))
  quit()
}
xpt <- "../../xpt/testdata/haven/%s_v%d.xpt"
for (case in names(cases)) {
  for (version in c(5, 8)) {
    file <- sprintf(xpt, case, version)
    write_xpt(cases[[case]](), file, version = version, name = toupper(substr(case, 1, 8)), label = paste("Case", case))
    stamped(file)
  }
  if (case != "strings") {
    file <- sprintf("../../sas7bdat/testdata/haven/%s.sas7bdat", case)
    write_sas(cases[[case]](), file)
    b <- readBin(file, "raw", file.size(file))
    b[165:184] <- as.raw(0) # when it was made and changed
    writeBin(b, file)
  }
}
write_xpt(long(), sprintf(xpt, "long", 8), version = 8, name = "A_LONG_NAME_OF_A_MEMBER", label = "Long")
stamped(sprintf(xpt, "long", 8))
for (file in c(Sys.glob("../../xpt/testdata/haven/*.xpt"), Sys.glob("../../sas7bdat/testdata/*/*.sas7bdat"))) {
  catalogue <- sub("bdat$", "bcat", file)
  tryCatch(expected(file, if (endsWith(file, "bdat") && file.exists(catalogue)) catalogue), error = function(e) message(file, ": ", conditionMessage(e)))
}
