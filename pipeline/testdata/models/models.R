# Makes survey.csv and reference.csv: regressions, an ordinal model and average
# predictions of R's survey on a made-up sample. Run in this folder:
#
#   Rscript models.R
#
# svyglm stops its iterations early and svyolr's errors come from a Hessian by
# differences; here both are brought to their end, and the sandwich of the ordinal model
# is written out from its score, so that nothing but rounding is left between programs.
suppressMessages(library(survey))
stopifnot(packageVersion("survey") == "4.1.1")
set.seed(20260214)
n <- 360
d <- data.frame(stratum = rep(1:6, each = 60), psu = rep(1:24, each = 15))
effect <- rnorm(24, 0, 0.4)[d$psu]
d$wt <- round(runif(n, 0.5, 4), 3)
d$sex <- sample(1:2, n, TRUE)
d$age <- sample(16:80, n, TRUE)
d$region <- sample(1:4, n, TRUE, c(0.4, 0.3, 0.2, 0.1))
d$grade <- sample(c("low", "mid", "top"), n, TRUE)
d$pay <- round(exp(rnorm(n, 6, 0.5) + 0.004 * d$age), 1)
d$hours <- round(12 + 0.3 * d$age - 0.003 * d$age^2 + 3 * (d$grade == "top") + 4 * effect + rnorm(n, 0, 4), 2)
d$agree <- rbinom(n, 1, plogis(-1 + 0.02 * d$age + 0.6 * (d$sex == 2) - 0.5 * (d$region == 3) + effect))
d$months <- sample(1:24, n, TRUE)
d$visits <- rpois(n, d$months * exp(-2 + 0.01 * d$age + 0.3 * (d$sex == 2) + 0.3 * effect))
d$view <- 1 + rowSums(outer((0.02 * d$age + 0.5 * (d$grade == "mid") + effect + rlogis(n)), c(-0.5, 0.8, 2.2), ">"))
write.csv(d, "survey.csv", row.names = FALSE, quote = FALSE)
d <- read.csv("survey.csv")
d$low <- factor(d$region); d$region3 <- relevel(factor(d$region), ref = "3")
d$sexf <- factor(d$sex); d$viewf <- factor(d$view)
linear <- svydesign(ids = ~psu, strata = ~stratum, weights = ~wt, data = d, nest = TRUE)
jack <- as.svrepdesign(linear, type = "JKn")
rows <- list()
add <- function(case, name, value, se) rows[[length(rows) + 1]] <<- sprintf("%s,%s,%.17g,%.17g", case, gsub(",", ";", name), value, se)
exact <- glm.control(epsilon = 1e-15, maxit = 100)
fits <- list(
  powers = list(hours ~ poly(age, 3) + grade, gaussian()),
  logs = list(log(pay) ~ log(age) + I(age^2) + sqrt(months), gaussian()),
  reference = list(agree ~ region3 * sexf + age, quasibinomial()),
  crossed = list(agree ~ poly(age, 2):sexf + region3, quasibinomial()),
  origin = list(hours ~ 0 + region3 + exp(age / 100), gaussian()),
  rates = list(visits ~ age + sexf + offset(log(months)), quasipoisson()),
  shifted = list(hours ~ age + offset(months / 2), gaussian()),
  odds = list(agree ~ age + offset(months / 10), quasibinomial()))
for (how in c("linear", "jack")) {
  design <- get(how)
  for (case in names(fits)) {
    # a start is the end of what went before: svyglm's own start counts as one step only
    f <- svyglm(fits[[case]][[1]], design, family = fits[[case]][[2]], control = exact)
    for (i in seq_along(coef(f))) add(paste(how, case), names(coef(f))[i], coef(f)[i], SE(f)[i])
    add(paste(how, case), "df", f$df.residual, NA)
  }
}
# within categories, as domains
for (r in 1:4) {
  f <- svyglm(agree ~ age + sexf, subset(linear, region == r), family = quasibinomial(), control = exact)
  for (i in seq_along(coef(f))) add(paste("domain", r), names(coef(f))[i], coef(f)[i], SE(f)[i])
  add(paste("domain", r), "df", f$df.residual, NA)
}

# The ordinal model: Newton's method from svyolr's end, and the sandwich.
cumulative <- function(x, y, w, start) {
  q <- max(y) - 1; k <- ncol(x)
  terms <- function(par) {
    z <- c(-Inf, par[k + 1:q], Inf); eta <- drop(x %*% par[1:k])
    a <- z[y + 1] - eta; b <- z[y] - eta
    p <- plogis(a) - plogis(b)
    s <- matrix(0, length(y), k + q)
    s[, 1:k] <- x * ((dlogis(b) - dlogis(a)) / p)
    for (j in 1:q) s[, k + j] <- (y == j) * dlogis(a) / p - (y == j + 1) * dlogis(b) / p
    s
  }
  hessian <- function(par) { # by differences of the score, of the fourth order
    sapply(seq_along(par), function(j) {
      h <- if (j <= k) 1e-3 / max(abs(x[, j])) else 1e-3
      e <- replace(numeric(length(par)), j, h)
      g <- function(p) colSums(w * terms(p))
      (8 * (g(par + e) - g(par - e)) - (g(par + 2 * e) - g(par - 2 * e))) / (12 * h)
    })
  }
  par <- start
  for (i in 1:30) par <- par - solve(hessian(par), colSums(w * terms(par)))
  list(par = par, influence = terms(par) %*% solve(-hessian(par)))
}
form <- viewf ~ age + sexf + grade
start <- svyolr(form, linear)
names <- c(names(start$coefficients), names(start$zeta))
x <- model.matrix(form, d)[, -1]
f <- cumulative(x, d$view, d$wt, c(start$coefficients, start$zeta))
# what svyolr itself gives is near
stopifnot(max(abs(f$par - c(start$coefficients, start$zeta))) < 1e-3)
se <- sqrt(diag(survey:::svyrecvar(f$influence * d$wt, linear$cluster, linear$strata, linear$fpc)))
stopifnot(max(abs(se / sqrt(diag(start$var)) - 1)) < 1e-3)
for (i in seq_along(names)) add("linear ordinal", names[i], f$par[i], se[i])
each <- apply(weights(jack, "analysis"), 2, function(w) cumulative(x, d$view, w, f$par)$par)
se <- sqrt(diag(survey:::svrVar(t(each), jack$scale, jack$rscales, mse = jack$mse, coef = f$par)))
for (i in seq_along(names)) add("jack ordinal", names[i], f$par[i], se[i])

# Average predictions: svypredmeans, and its two parts with what they share.
smooth <- function(design, model, group, levels) {
  b <- coef(model); w <- weights(design, "sampling"); total <- sum(w)
  mm <- lapply(levels, function(l) { e <- d; e[[group]] <- factor(l, levels(d[[group]])); model.matrix(formula(model)[-2], e) })
  list(mm = mm, fit = sapply(mm, function(m) model$family$linkinv(drop(m %*% b))))
}
adjust <- svyglm(agree ~ age + region3, linear, family = quasibinomial(), control = exact)
p <- svypredmeans(adjust, ~sexf)
for (l in c("1", "2")) add("separate predictions", paste0("sex=", l), coef(p)[[l]], SE(p)[[which(names(coef(p)) == l)]])
full <- svyglm(agree ~ age + region3 + sexf, linear, family = quasibinomial(), control = exact)
predicted <- function(design, w, b) {
  sapply(levels(d$sexf), function(l) {
    e <- d; e$sexf <- factor(l, levels(d$sexf))
    eta <- drop(model.matrix(~ age + region3 + sexf, e) %*% b)
    sum(w * plogis(eta)) / sum(w)
  })
}
slope <- function(w, b) { # of age
  eta <- drop(model.matrix(~ age + region3 + sexf, d) %*% b)
  sum(w * dlogis(eta) * b[["age"]]) / sum(w)
}
b <- coef(full); w <- d$wt
all <- c(predicted(linear, w, b), difference = diff(predicted(linear, w, b)), slope = slope(w, b))
values <- function(w, b) { q <- predicted(linear, w, b); c(q, diff(q), slope(w, b)) }
g <- sapply(seq_along(b), function(j) { # of the averages by the coefficients
  h <- 1e-4 * max(abs(b[j]), 0.01); e <- replace(numeric(length(b)), j, h)
  (8 * (values(w, b + e) - values(w, b - e)) - (values(w, b + 2 * e) - values(w, b - 2 * e))) / (12 * h)
})
named <- c("sex=1", "sex=2", "sex=2 - sex=1", "age")
fixed <- sqrt(diag(g %*% vcov(full) %*% t(g)))
eta <- drop(model.matrix(~ age + region3 + sexf, d) %*% b)
each <- cbind(sapply(levels(d$sexf), function(l) { e <- d; e$sexf <- factor(l, levels(d$sexf)); plogis(drop(model.matrix(~ age + region3 + sexf, e) %*% b)) }))
each <- cbind(each, each[, 2] - each[, 1], dlogis(eta) * b[["age"]])
mm <- model.matrix(~ age + region3 + sexf, d)
influence <- (mm * (d$agree - plogis(eta))) %*% solve(t(mm) %*% (mm * w * dlogis(eta)))
both <- influence %*% t(g) + sweep(each, 2, colSums(w * each) / sum(w)) / sum(w)
sampled <- sqrt(diag(survey:::svyrecvar(both * w, linear$cluster, linear$strata, linear$fpc)))
for (i in 1:4) { add("fixed predictions", named[i], all[i], fixed[i]); add("sampled predictions", named[i], all[i], sampled[i]) }
again <- apply(weights(jack, "analysis"), 2, function(u) {
  m <- suppressWarnings(glm(agree ~ age + region3 + sexf, family = quasibinomial(), data = cbind(d, u = u), weights = u, control = exact))
  values(u, coef(m))
})
se <- sqrt(diag(survey:::svrVar(t(again), jack$scale, jack$rscales, mse = jack$mse, coef = all)))
for (i in 1:4) add("jack predictions", named[i], all[i], se[i])
# Contrasts of coefficients by the delta method, as svycontrast has them of the linearised
# errors; of replicates with names it stops in this version.
for (how in c("linear", "jack")) {
  f <- svyglm(agree ~ age + region3 + sexf, get(how), family = quasibinomial(), control = exact)
  b <- as.list(coef(f)); k <- names(b)
  sums <- list(sum = c(age = 10, region31 = 1, region32 = -1), reference = c(region34 = 1))
  for (name in names(sums)) {
    g <- setNames(numeric(length(k)), k); g[names(sums[[name]])] <- sums[[name]]
    add(paste(how, "contrasts"), name, sum(g * coef(f)), sqrt(drop(g %*% vcov(f) %*% g)))
    if (how == "linear") stopifnot(all.equal(drop(SE(svycontrast(f, sums[[name]]))), sqrt(drop(g %*% vcov(f) %*% g)), check.attributes = FALSE))
  }
  made <- list(ratio = deriv(~ age / sexf2, k), log = deriv(~ log(sexf2) + age, k))
  for (name in names(made)) {
    x <- eval(made[[name]], b); g <- drop(attr(x, "gradient"))[k]
    add(paste(how, "contrasts"), name, x, sqrt(drop(g %*% vcov(f) %*% g)))
  }
}
writeLines(c("case,name,value,se", unlist(rows)), "reference.csv")
