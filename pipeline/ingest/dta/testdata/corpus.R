# Makes the files of haven/ and readstat/ and, for every .dta here, what haven's read_dta
# says is in it (.expected). Run in this folder, after
#   go test ./pipeline/ingest/dta -run TestMade -update
# Files with label sets in formats 104 to 108, which ReadStat 1.1.8 takes to be
# laid out otherwise, get no .expected; their twins without sets do. Nor does
# Latin-1 in format 118, whose bytes haven passes through.
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

# Each case makes a data set that a version can hold.
cases <- list(
  dates = function(version) {
    d <- data.frame(td = structure(c(0, -1, 24432, NA), format.stata = "%td"))
    for (format in c("%tc", "%tC", "%tw", "%tm", "%tq", "%th", "%ty", "%tdD_m_Y", "%tcHH:MM:SS", "%tdCCYY-NN-DD"))
      d[[sprintf("date%d", ncol(d))]] <- structure(c(0, -1, 1e6, NA), format.stata = format)
    d$day <- as.Date(c("1582-10-15", "1959-12-31", "9999-12-31", NA))
    d$moment <- as.POSIXct(c(-1e9, 0.5, 4e9, NA), origin = "1970-01-01", tz = "UTC")
    d$old <- structure(c(0, -1, 1e6, NA), format.stata = "%d")
    d
  },
  extremes = function(version) data.frame(
    least8 = c(-127L, 100L, NA, 0L), least16 = c(-32767L, 32740L, NA, 1L), least32 = c(-2147483647L, 2147483620L, NA, -1L), beyond8 = c(-128L, 101L, 32741L, NA),
    widest = c(8.98846567431157e307, -8.98846567431157e307, 2^-1074, -0), exact = c(9007199254740991, 2^53, 0.1 + 0.2, 1/3)),
  widths = function(version) {
    widths <- c(1, 7, 8, 9, 16, 80, 81, 200, 244)
    if (version >= 13) widths <- c(widths, 245, 256, 1000, 2045)
    # haven reads of a strL the bytes as they are, so that only formats in UTF-8 have letters in it.
    d <- as.data.frame(setNames(lapply(widths, function(w) c(strrep("w", w), "", "é")[c(1, 2, if (version >= 14) 3 else 2)]), sprintf("s%d", widths)))
    if (version >= 13) d$s3000 <- c(strrep("long!", 600), "", "short")
    d
  },
  labels = function(version) {
    accent <- if (version >= 14) "\u20ac\u00e9" else "e"
    d <- data.frame(code = labelled(c(-9, 1, 2), setNames(c(-9, 1, 2, 32000, -2147483647), c("", paste("one", accent), strrep("A label of value 2.", 10), "large", "least")), label = strrep("eighty!", 11)))
    d$many <- labelled(c(1, 100, 57), setNames(1:100, sprintf("label %d of a hundred", 1:100)), label = "")
    d$shared <- labelled(c(1, NA, tagged_na("q")), c(yes = 1, "not asked" = tagged_na("q"), "no answer" = tagged_na("z")), label = accent)
    d$level <- factor(c("b", "a", "b"), levels = c("b", "a", "an unused one"))
    d
  },
  names = function(version) {
    names <- c("aa", "_bb", "C1", "abcdefghijklmnopqrstuvwxyz_01234", "abcdefghijklmnopqrstuvwxyz_01235", "MixedCase")
    if (version >= 14) names <- c(names, "gr\u00f6\u00dfe", "\u65e5\u672c\u8a9e", "\u03bc\u03b5\u03c4\u03b1\u03b2\u03bb\u03b7\u03c4\u03ae")
    as.data.frame(setNames(as.list(seq_along(names)), names), check.names = FALSE, optional = TRUE)
  },
  displays = function(version) {
    d <- data.frame(general = structure(1.5, format.stata = "%9.0g"))
    for (format in c("%8.2f", "%-12.3f", "%10.0gc", "%12.2fc", "%9.2e", "%05.0f", "%21x", "%16H", "%8L"))
      d[[paste0("f", ncol(d))]] <- structure(1.5, format.stata = format)
    d$left <- structure("text", format.stata = "%-20s")
    d$right <- structure("text", format.stata = "%20s")
    d
  },
  blank = function(version) data.frame(number = c(NA_real_, NA_real_), text = c("", ""), truth = c(NA, NA)),
  declared = function(version) data.frame(kinds = c(tagged_na("a", "b", "z"), NA, -1), labelled = labelled(c(1, 2, tagged_na("c", "d"), NA), c(c = tagged_na("c")))),
  rows = function(version) data.frame(id = 1:200, eighth = (1:200) / 8, group = rep(c("a", "bb", "", "dddd"), 50))
)

for (version in c(8, 10, 12, 13, 14, 15)) {
  d <- mixed(version)
  write_dta(d, sprintf("haven/mixed_v%d.dta", version), version = version, label = "Mixed \u00e9")
  write_dta(d[0, ], sprintf("haven/norows_v%d.dta", version), version = version)
  tags <- c(NA, tagged_na(letters), 1)
  write_dta(data.frame(tagged = tags, reversed = rev(tags)), sprintf("haven/tags_v%d.dta", version), version = version)
  many <- as.data.frame(setNames(lapply(1:40, function(i) i * (1:3)), sprintf("v%d", 1:40)))
  write_dta(many, sprintf("haven/many_v%d.dta", version), version = version)
  for (case in names(cases)) write_dta(cases[[case]](version), sprintf("haven/%s_v%d.dta", case, version), version = version, label = if (case == "labels") strrep("eighty!", 11))
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
# What ReadStat's own program converts of SPSS's files: format 118. (Labels of
# more than one text it writes as labels of 0, which is refused.)
for (case in c("numbers", "missing", "strings", "dates", "wide", "integers", "declared", "widths", "blank"))
  system2("readstat", c(sprintf("../../sav/testdata/corpus/pspp-%s-none.sav", case), sprintf("readstat/%s.dta", case)), stdout = FALSE, stderr = FALSE)

# The time of writing is the only part that differs by the day.
for (file in list.files(c("haven", "readstat"), "\\.dta$", full.names = TRUE)) {
  b <- readBin(file, "raw", file.size(file))
  stamp <- charToRaw("01 Jan 2024 00:00")
  tag <- grepRaw("<timestamp>", b, fixed = TRUE)
  from <- if (length(tag)) tag + 12 else 92
  stopifnot(grepl("^[0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} [0-9]{2}:[0-9]{2}$", rawToChar(b[from + 0:16])))
  b[from + 0:16] <- stamp
  writeBin(b, file)
}

for (file in sort(list.files(c("haven", "readstat", "made"), "\\.dta$", full.names = TRUE))) {
  if (!grepl("v10[458]_[lm]sf.dta|v118_latin1.dta", file)) expected(file)
}
