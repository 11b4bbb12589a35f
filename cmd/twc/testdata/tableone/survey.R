# Makes a sample and what R's survey says of it: means, standard deviations, shares and the tests
# of whether they are alike in groups, of two groups and of three. A third of the PSUs have
# nobody of the third group, some values are missing, and weights vary within PSUs.
#   Rscript survey.R      writes sample.csv and numbers.csv (survey 4.1)
suppressPackageStartupMessages(library(survey))
set.seed(20)
n <- 240
d <- data.frame(stratum = rep(1:6, each = 40), psu = rep(1:4, 60), weight = round(runif(n, 0.5, 4), 3))
d$sex <- 1 + rbinom(n, 1, 0.55)
d$area <- sample(1:3, n, TRUE)
d$area[d$area == 3 & (d$psu + d$stratum) %% 3 == 0] <- 1
d$age <- round(20 + rgamma(n, 4, 0.1) + 3 * d$sex + 2 * d$psu, 4)
d$view <- sample(1:4, n, TRUE, c(0.4, 0.3, 0.2, 0.1))
d$smokes <- rbinom(n, 1, 0.2 + 0.1 * d$sex)
d$age[sample(n, 9)] <- NA
d$view[sample(n, 7)] <- NA
write.csv(d, "sample.csv", row.names = FALSE, na = "", quote = FALSE)
s <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = d)
out <- NULL
add <- function(group, variable, statistic, category, item, value, se, sd, n, p) {
  out <<- rbind(out, data.frame(group, variable, statistic, category, item = as.character(item), value = as.vector(value), se = as.vector(se), sd, n, p = as.vector(p)))
}
for (group in c("sex", "area")) {
  f <- factor(d[[group]])
  s <- update(s, g = f)
  two <- nlevels(f) == 2
  cells <- c("all", levels(f))
  within <- function(cell, has) subset(s, has & (cell == "all" | as.character(g) == cell))
  # age: a mean
  p <- if (two) svyttest(age ~ g, s)$p.value else regTermTest(svyglm(age ~ g, s), ~g)$p
  for (cell in cells) {
    t <- within(cell, !is.na(d$age))
    m <- svymean(~age, t)
    add(group, "age", "mean", cell, "all", coef(m), SE(m), sqrt(as.vector(svyvar(~age, t))), NA, p)
  }
  # age: its median, by ranks
  p <- if (two) svyranktest(age ~ g, s)$p.value else {
    t <- subset(s, !is.na(age))
    a <- t$variables$age
    w <- weights(t)
    r <- sapply(a, function(x) (sum(w[a < x]) + sum(w[a == x]) / 2) / sum(w))
    regTermTest(svyglm(r ~ g, update(t, r = r)), ~g)$p
  }
  add(group, "age", "quantile", "all", "0.5", NA, NA, NA, NA, p)
  # view: all categories; smokes: one
  for (v in c("view", "smokes")) {
    p <- svychisq(reformulate(c(v, "g")), s, statistic = "F")$p.value
    for (item in if (v == "view") 1:4 else 1) for (cell in cells) {
      t <- within(cell, !is.na(d[[v]]))
      t <- update(t, is = as.numeric(t$variables[[v]] == item))
      m <- svymean(~is, t)
      add(group, v, "proportion", cell, item, 100 * coef(m), 100 * SE(m), NA, sum(t$variables$is), p)
    }
  }
}
number <- function(x) ifelse(is.na(x), "", sprintf("%.15g", x))
for (column in c("value", "se", "sd", "n", "p")) out[[column]] <- number(out[[column]])
write.csv(out, "numbers.csv", row.names = FALSE, quote = FALSE)
