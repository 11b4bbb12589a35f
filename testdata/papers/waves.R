library(survey)
d <- read.csv("uk_two_wave.csv")
s <- svydesign(ids = ~interaction(wave, psu), strata = ~interaction(wave, stratum), weights = ~w, data = d)
row <- function(wave, s) {
  x <- svyciprop(~belong, subset(s, !is.na(belong)), method = "xlogit", df = degf(s))
  data.frame(wave = wave, value = 100 * as.vector(x), se = 100 * SE(x), lower = 100 * confint(x)[1], upper = 100 * confint(x)[2])
}
figures <- rbind(row("all", s), row(1, subset(s, wave == 1)), row(2, subset(s, wave == 2)))
by <- svyby(~belong, ~wave, subset(s, !is.na(belong)), svymean, covmat = TRUE)
x <- svycontrast(by, c(-1, 1))
b <- as.vector(coef(x))
e <- as.vector(SE(x))
contrasts <- data.frame(value = 100 * b, se = 100 * e, p = 2 * pt(-abs(b / e), degf(s)))
