# Makes the files of haven/ and, for every .dta here, what haven's read_dta
# says is in it (.expected). Run in this folder, after
#   go test ./pipeline/ingest/dta -run TestMade -update
# Files with label sets in formats 104 to 108, which ReadStat 1.1.8 takes to be
# laid out otherwise, get no .expected; their twins without sets do.
# with R 4.2, haven 2.5.1 (ReadStat 1.1.8 or near):  Rscript corpus.R
suppressMessages(library(haven))
options(digits = 17)

mixed <- function(version) {
  d <- data.frame(id = 1:6)
  d$answer <- labelled(c(1, 2, -9, tagged_na("a"), tagged_na("z"), NA),
    c(yes = 1, no = 2, refused = -9, `not asked` = tagged_na("a"), last = tagged_na("z")), label = "An answer")
  d$whole <- c(-2147483647L, 2147483620L, 0L, -1L, NA, 7L)
  d$number <- c(0.1, -1e300, 5e-324, 123456789.125, NA, 8.9e307)
  d$flag <- c(TRUE, FALSE, NA, TRUE, TRUE, FALSE)
  d$day <- as.Date(c("1960-01-01", "2026-11-21", NA, "1900-03-01", "2000-02-29", "1959-12-31"))
  d$moment <- as.POSIXct(c(0, 1e9, NA, -1e9, 1.5, 86400), origin = "1970-01-01", tz = "UTC")
  d$text <- c("", "plain", "trailing   ", "  leading", "caf\u00e9", "tab\there")
  d$empty <- NA_real_
  d$only_labels <- labelled(c(1, 2, 3, 4, 5, 6), c(`0 labelled` = 99))
  d$group <- factor(c("b", "a", "b", NA, "a", "b"), levels = c("b", "a"))
  attr(d$id, "label") <- "Serial \u00a3 number"
  attr(d$number, "format.stata") <- "%12.4f"
  if (version >= 13) {
    d$essay <- c(strrep("x", 300), strrep("y", 2045), "", "z", strrep("caf\u00e9 ", 60), "end")
    # Of format 117, haven writes UTF-8 and reads it as windows-1252, except in a strL.
    letter <- if (version == 13) "e" else "\u20ac"
    d$longest <- c(strrep("x", 3000), "", "short", strrep(letter, 900), strrep("x", 3000), "")
  } else {
    d$essay <- c(strrep("x", 244), "", "y", strrep("z", 243), "", "")
  }
  d
}

for (version in c(8, 10, 12, 13, 14, 15)) {
  d <- mixed(version)
  write_dta(d, sprintf("haven/mixed_v%d.dta", version), version = version, label = "Mixed \u00e9")
  write_dta(d[0, ], sprintf("haven/norows_v%d.dta", version), version = version)
  tags <- c(NA, tagged_na(letters), 1)
  write_dta(data.frame(tagged = tags, reversed = rev(tags)), sprintf("haven/tags_v%d.dta", version), version = version)
  many <- as.data.frame(setNames(lapply(1:40, function(i) i * (1:3)), sprintf("v%d", 1:40)))
  write_dta(many, sprintf("haven/many_v%d.dta", version), version = version)
  one <- data.frame(only = "x")
  write_dta(one, sprintf("haven/one_v%d.dta", version), version = version)
}

quoted <- function(s) {
  if (is.null(s)) s <- ""
  old <- !validUTF8(s) # haven leaves notes and characteristics as they are
  s[old] <- iconv(s[old], "windows-1252", "UTF-8")
  s <- gsub("\\", "\\\\", enc2utf8(as.character(s)), fixed = TRUE)
  s <- gsub("\"", "\\\"", s, fixed = TRUE)
  s <- gsub("\t", "\\t", s, fixed = TRUE)
  paste0("\"", s, "\"")
}
number <- function(x) {
  tag <- na_tag(x)
  ifelse(!is.na(tag), paste0(".", tag), ifelse(is.na(x), ".", sprintf("%.17g", x)))
}
expected <- function(file) {
  d <- read_dta(file)
  lines <- c(paste("rows", nrow(d)), paste("label", quoted(attr(d, "label", exact = TRUE))), paste("note", quoted(attr(d, "notes")))[!is.null(attr(d, "notes"))])
  for (name in names(d)) {
    x <- d[[name]]
    labels <- attr(x, "labels")
    lines <- c(lines, paste("variable", quoted(name), quoted(attr(x, "format.stata")), quoted(attr(x, "label", exact = TRUE))))
    if (inherits(x, "Date")) x <- as.numeric(x) + 3653
    if (inherits(x, "POSIXct")) x <- as.numeric(x) * 1000 + 315619200000
    if (length(labels)) lines <- c(lines, paste("category", quoted(number(as.double(unname(unclass(labels))))), quoted(names(labels))))
    x <- unclass(x)
    attributes(x) <- NULL
    cells <- if (!length(x)) NULL else if (is.character(x)) quoted(x) else number(as.double(x))
    lines <- c(lines, paste(c(if (is.character(x)) "text" else "numbers", cells), collapse = "\t"))
  }
  writeLines(lines, sub("dta$", "expected", file), useBytes = TRUE)
}
for (file in sort(list.files(c("haven", "made"), "\\.dta$", full.names = TRUE))) {
  if (!grepl("v10[458]_[lm]sf.dta", file)) expected(file)
}
