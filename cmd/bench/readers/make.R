# Rscript make.R FOLDER ROWS FORMAT FILE: one made-up survey of 60 variables, written
# by haven as FILE in FOLDER, .por by readstat. Each format has the same answers, as
# far as it can hold them: in Stata's the refusals are .a and the don't knows .b.
suppressMessages(library(haven))
arguments <- commandArgs(TRUE)
folder <- arguments[1]
rows <- as.integer(arguments[2])
format <- arguments[3]
set.seed(20261122)

stata <- startsWith(format, "dta")
sas <- format == "sas" || startsWith(format, "xpt") # value labels are lost, and letters are capitals
regions <- c("North East", "North West", "Yorkshire and the Humber", "East Midlands", "West Midlands",
             "East of England", "London", "South East", "South West", "Wales")
answers <- c("Definitely agree" = 1, "Tend to agree" = 2, "Neither agree nor disagree" = 3, "Tend to disagree" = 4, "Definitely disagree" = 5)

# An answer of 1 to 5, refused (8) and don't know (9), and one row in ten not asked.
question <- function(i) {
  x <- sample(c(1:5, 8, 9), rows, TRUE, c(.25, .3, .15, .15, .1, .02, .03))
  x[sample.int(rows, rows %/% 10)] <- NA
  label <- sprintf("Q%d: how far people here get on well with one another", i)
  if (sas) {
    x[which(x == 8)] <- tagged_na("A")
    x[which(x == 9)] <- tagged_na("B")
    return(named(x, label))
  }
  if (stata) {
    x[which(x == 8)] <- tagged_na("a")
    x[which(x == 9)] <- tagged_na("b")
    labels <- c(answers, "Refused" = tagged_na("a"), "Don't know" = tagged_na("b"))
    return(labelled(x, labels, label))
  }
  labelled_spss(x, c(answers, "Refused" = 8, "Don't know" = 9), c(8, 9), label = label)
}
blank <- function(x, share) { x[sample.int(length(x), length(x) * share)] <- NA; x }
named <- function(x, label) { attr(x, "label") <- label; x }

survey <- list(
  id = named(as.double(1e8 + seq_len(rows)), "Serial number"),
  psu = named(as.double(sample.int(4000, rows, TRUE)), "Primary sampling unit"),
  year = named(rep(2003, rows), "Year of interview"),
  weight = named(exp(rnorm(rows, 0, .4)), "Weight for persons"),
  hweight = named(round(exp(rnorm(rows, 0, .3)), 4), "Weight for households"),
  age = named(blank(as.double(pmin(16 + rgeom(rows, .03), 97)), .01), "Age last birthday"),
  income = named(blank(round(rlnorm(rows, 10, .8), 2), .2), "Income of the household, pounds a year"),
  score = named(rnorm(rows), "Deprivation score"))
for (i in 1:4) survey[[paste0("hours", i)]] <- named(blank(round(rexp(rows, .1) * 2) / 2, .3), "Hours a week")
for (i in 1:42) survey[[paste0("q", i)]] <- question(i)
survey$gor <- named(sample(regions, rows, TRUE), "Region")
survey$soc <- named(sprintf("%04d", sample.int(353, rows, TRUE) + 1000L), "Occupation")
survey$area <- named(sprintf("E%08d", sample.int(8000, rows, TRUE)), "Area code")
survey$other <- named(ifelse(runif(rows) < .1, sample(c("the council did not reply", "could not find the form", "do not trust them"), rows, TRUE), ""), "Other reason, as spoken")
for (i in 1:2) survey[[paste0("letter", i)]] <- named(sample(LETTERS, rows, TRUE), "Interviewer's letter")
survey <- tibble::as_tibble(survey)
stopifnot(ncol(survey) == 60)

file <- file.path(folder, arguments[4])
switch(format,
  sav_none = write_sav(survey, file, compress = "none"),
  sav_byte = write_sav(survey, file, compress = "byte"),
  zsav = write_sav(survey, file, compress = "zsav"),
  por = {
    # haven writes no .por. Names there are capital letters.
    names(survey) <- toupper(names(survey))
    sav <- sub("por$", "sav", file)
    write_sav(survey, sav, compress = "none")
    stopifnot(system2("readstat", c(sav, file), stdout = FALSE, stderr = FALSE) == 0)
    unlink(sav)
  },
  dta_v8 = write_dta(survey, file, version = 8),
  dta_v10 = write_dta(survey, file, version = 10),
  dta_v12 = write_dta(survey, file, version = 12),
  dta_v14 = write_dta(survey, file, version = 14),
  xpt_v5 = write_xpt(survey, file, version = 5, name = "SURVEY"),
  xpt_v8 = write_xpt(survey, file, version = 8, name = "SURVEY"),
  sas = write_sas(survey, file),
  stop("no format ", format))
